#include "app/http_request.h"
#include "app/http_routes.h"
#include "docker/client.h"
#include "fuzz/fuzz.h"
#include "support/daemon_bed.h"

#include <fuzzer/FuzzedDataProvider.h>

#include <algorithm>

using namespace mcpctl;
using mcpctl::fuzz::require;

namespace
{

constexpr std::size_t most = 2048;

/// A daemon that tells of a state made by hand, and of a history that is never slow.
struct Daemon
{
    std::shared_ptr<const DaemonState> state = std::make_shared<DaemonState>(test::sampleState());
    Metrics metrics;
    EventHub events;
    const RunRecord run = test::sampleRun();
    const HttpAccess access{Poco::Net::SocketAddress("127.0.0.1", 3000), std::nullopt};
    const HttpSources sources{
        .state = [this] { return state; },
        .reconcile = [] {},
        .engine = [] { return EngineStatistics{}; },
        .recorder = [] { return Recorder::Status{}; },
        .history = [this](const HistoryFilter&) { return std::vector{run}; },
        .run = [this](const std::string&) { return run; },
        .alive = [] { return true; },
        .metrics = metrics,
        .events = events,
    };
};

/// The header of an answer has our own fields in it and no others, and what says it is JSON is JSON.
void check(const HttpAnswer& answer)
{
    require(answer.status >= 200 && answer.status < 600, "an answer has a status");
    const auto text = wireText(answer, true);
    require(text.find("\r\n\r\n") == text.size() - 4, "a header has one end", text);
    require(static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) ==
                9 - (answer.stream ? 1U : 0U) + answer.headers.size(),
            "a header has the lines that it was given", text);
    if (answer.type == "application/json")
        docker::parseJson(answer.body, "answer");
    if (answer.stream)
        answer.stream();
}

/// What readRequest() makes of `text`: 0 a beginning, 1 a request, else the status of a refusal.
int verdictOf(const std::string& text)
{
    const auto reading = readRequest(text, most);
    return reading.request ? 1 : reading.refusal ? reading.refusal->status : 0;
}

}

/// Whatever a client sends to the daemon, in two pieces.
int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const Daemon daemon;
    static StatusText statusText;
    FuzzedDataProvider in(data, size);
    const auto cut = in.ConsumeIntegral<std::uint16_t>(); // from the end of the input
    const auto text = in.ConsumeRemainingBytesAsString();
    const int early = verdictOf(text.substr(0, std::min<std::size_t>(cut, text.size())));
    require(early == 0 || early == verdictOf(text), "what more bytes say changes no verdict");

    const auto reading = readRequest(text, most);
    if (reading.refusal)
        check(*reading.refusal);
    if (!reading.request)
        return 0;
    auto answer = answerTo(*reading.request, daemon.access, daemon.sources, statusText, [] { return [] {}; });
    check(answer.later ? answer.later() : answer);
    return 0;
}
