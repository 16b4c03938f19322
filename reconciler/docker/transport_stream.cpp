#include "docker/failure.h"
#include "docker/transport.h"

#include <Poco/Net/NetException.h>

#include <fmt/core.h>

#include <utility>

namespace mcpctl::docker
{

namespace
{

using Kind = EngineError::Kind;

/// Bytes of an error's body that are read.
constexpr std::size_t longestErrorBody = 64 * 1024;

/// Hands the pieces to the sink, cut as the caller wants them.
class Cutter
{
public:
    Cutter(const StreamOptions& options, const std::string& what, std::size_t lineLimit)
        : options_(options), what_(what), lineLimit_(lineLimit)
    {
    }

    /// False when the sink wants no more.
    bool feed(std::string_view piece)
    {
        if (options_.framing == Framing::chunks)
            return options_.sink(piece);
        while (!piece.empty())
        {
            const auto end = piece.find('\n');
            rest_ += piece.substr(0, end);
            if (rest_.size() > lineLimit_)
                throw EngineError(Kind::badAnswer,
                                  fmt::format("{}: a line of the answer is longer than {} bytes", what_, lineLimit_));
            if (end == std::string_view::npos)
                return true;
            if (!finish())
                return false;
            piece.remove_prefix(end + 1);
        }
        return true;
    }

    /// Hands out the line that has come so far, if any.
    bool finish()
    {
        if (rest_.ends_with('\r'))
            rest_.pop_back();
        const std::string line = std::exchange(rest_, {});
        return line.empty() || options_.sink(line);
    }

private:
    const StreamOptions& options_;
    const std::string& what_;
    const std::size_t lineLimit_;
    std::string rest_{};
};

}

/// Sends the request and reads the header. An error status is returned with its body, for it may be about the version.
Transport::Opened Transport::open(Session& session, const Wire& wire)
try
{
    session.guard().allowUntil(wire.deadline);
    Opened result{.header = std::make_unique<Poco::Net::HTTPResponse>()};
    auto request = header(wire);
    result.in = &session.exchange(request, bytesOf(wire.body), *result.header);
    result.response = responseOf(*result.header);
    if (result.response.status < 400)
        return result;
    BodyReader reader(session, *result.header, *result.in);
    for (auto piece = reader.next(); !piece.empty() && result.response.body.size() < longestErrorBody;
         piece = reader.next())
        result.response.body += piece;
    return result;
}
catch (const BrokenAnswer& error)
{
    ++failures_;
    throw brokenFailure(wire.what, endpoint(), session, error);
}
catch (const Poco::Exception& error)
{
    failures_ += session.guard().cancelled() ? 0 : 1;
    throw wireFailure(wire.what, endpoint(), session, error, wire.request.deadline);
}

StreamEnd Transport::pump(Session& session, const Wire& wire, const Opened& opened, const StreamOptions& options)
{
    session.guard().allowUntil(std::nullopt, options.idle);
    BodyReader reader(session, *opened.header, *opened.in);
    // What the sink throws is none of ours, so only the reading is translated.
    const auto next = [&]
    {
        try
        {
            return reader.next();
        }
        catch (const BrokenAnswer& error)
        {
            throw brokenFailure(wire.what, endpoint(), session, error);
        }
        catch (const Poco::Exception& error)
        {
            throw wireFailure(wire.what, endpoint(), session, error, options.idle);
        }
    };
    Cutter cutter(options, wire.what, options_.lineLimit);
    for (auto piece = next(); !piece.empty(); piece = next())
    {
        if (session.guard().cancelled())
            return StreamEnd::cancelled;
        if (!cutter.feed(piece))
            return StreamEnd::stopped;
    }
    return cutter.finish() ? StreamEnd::finished : StreamEnd::stopped;
}

StreamEnd Transport::stream(const std::string& method, const Request& request, const Body* body,
                            const StreamOptions& options, const std::stop_token& stop)
{
    for (bool again = false;; again = true)
    {
        const ApiVersion agreed = apiVersion(request);
        const Wire out = wire(method, "/v" + agreed.text(), request, body);
        // One connection per stream, and never a kept one: cancelling it breaks it.
        Session session(dialer_, false);
        const std::stop_callback cancel(stop, [guard = session.sharedGuard()] { guard->cancel(); });
        try
        {
            const Opened opened = open(session, out);
            if (!again && refusedVersion(opened.response, agreed))
                continue;
            if (opened.response.status >= 400)
                throw statusFailure(out.what, endpoint(), opened.response.status, opened.response.body);
            if (options.onOpen)
                options.onOpen(opened.response);
            return pump(session, out, opened, options);
        }
        catch (const EngineError& error)
        {
            if (error.kind() == Kind::cancelled && session.guard().cancelled())
                return StreamEnd::cancelled;
            throw;
        }
    }
}

std::unique_ptr<Duplex> Transport::hijack(const Request& request, const Body& body)
{
    Request upgrade = request;
    upgrade.headers.emplace_back("Connection", "Upgrade");
    upgrade.headers.emplace_back("Upgrade", "tcp");
    for (bool again = false;; again = true)
    {
        const ApiVersion agreed = apiVersion(request);
        const Wire out = wire("POST", "/v" + agreed.text(), upgrade, &body);
        auto session = std::make_unique<Session>(dialer_, true);
        const Opened opened = open(*session, out);
        if (!again && refusedVersion(opened.response, agreed))
            continue;
        if (opened.response.status >= 400)
            throw statusFailure(out.what, endpoint(), opened.response.status, opened.response.body);
        if (opened.response.status != 101) // an answer with a body would be read as the process's words
            throw EngineError(Kind::badAnswer,
                              fmt::format("{}: the engine answered {} where 101 was expected; a proxy between that "
                                          "does not know `Upgrade: tcp`?",
                                          out.what, opened.response.status));
        std::string early = session->takeBuffered();
        return std::make_unique<Duplex>(session->detachSocket(), session->sharedGuard(), out.what, std::move(early));
    }
}

}
