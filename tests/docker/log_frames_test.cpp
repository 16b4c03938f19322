#include "docker/log_frames.h"

#include "orchestrator/error.h"

#include <boost/test/unit_test.hpp>

using namespace mcpctl;
using mcpctl::docker::LogFrames;

namespace
{

std::string frame(char stream, const std::string& text)
{
    std::string out{stream, 0, 0, 0};
    for (int shift = 24; shift >= 0; shift -= 8)
        out += static_cast<char>(text.size() >> shift & 0xff);
    return out + text;
}

struct Streams
{
    std::string out;
    std::string err;
    docker::FrameSink sink = [this](LogStream stream, std::string_view text, bool)
    {
        (stream == LogStream::out ? out : err) += text;
        return true;
    };
};

}

BOOST_AUTO_TEST_SUITE(log_frames_test)

BOOST_AUTO_TEST_CASE(the_streams_are_taken_apart_however_they_are_cut)
{
    const auto bytes = frame(1, "hello\n") + frame(2, "oops\n") + frame(1, "") + frame(1, std::string(300, 'x'));
    for (std::size_t size = 1; size <= bytes.size(); ++size)
    {
        Streams streams;
        LogFrames frames(streams.sink);
        for (std::size_t at = 0; at < bytes.size(); at += size)
            BOOST_TEST(frames.feed(std::string_view(bytes).substr(at, size)));
        BOOST_TEST(streams.out == "hello\n" + std::string(300, 'x'));
        BOOST_TEST(streams.err == "oops\n");
        BOOST_TEST(frames.atBoundary());
    }
}

BOOST_AUTO_TEST_CASE(a_log_that_was_cut_off_is_noticed)
{
    Streams streams;
    LogFrames frames(streams.sink);
    frames.feed(frame(1, "hello").substr(0, 10));
    BOOST_TEST(!frames.atBoundary());
}

BOOST_AUTO_TEST_CASE(what_is_no_frame_is_an_error)
{
    Streams streams;
    for (const auto& bytes : {std::string("plain text of a terminal"), std::string("\x01\0\0\0\xff\xff\xff\xff", 8),
                              std::string("\x03\0\0\0\0\0\0\1", 8)})
        BOOST_CHECK_THROW(LogFrames(streams.sink).feed(bytes), OrchestratorError);
}

BOOST_AUTO_TEST_CASE(a_sink_that_has_enough_ends_it)
{
    int calls = 0;
    const docker::FrameSink once = [&](LogStream, std::string_view, bool) { return ++calls < 1; };
    BOOST_TEST(!LogFrames(once).feed(frame(1, "a") + frame(1, "b")));
    BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_SUITE_END()
