#include "app/egress_watch.h"

#include "model/gateways.h"
#include "orchestrator/log_follower.h"

#include <fmt/format.h>

#include <sstream>

namespace mcpctl
{

namespace
{

constexpr std::string_view denied = "egress denied ";

LineSink denialsTo(const EventSink& sink)
{
    return [&sink](const LogLine& line)
    {
        if (const auto denial = parseDenial(line))
            sink(*denial);
        return true;
    };
}

void follow(const OrchestratorView& view, const ProjectName& project, std::int64_t sinceNanos, const EventSink& sink,
            const std::stop_token& stop)
{
    InstanceWatch watch(view, project);
    LogLines lines;
    const auto take = denialsTo(sink);
    LogReceiver receiver;
    receiver.piece = [&](const LogPiece& piece) { return lines.feed(piece, take); };
    receiver.paused = [&] { lines.flush(take); };
    receiver.say = [](const std::string&) {}; // whoever follows the engine's events says it
    LogOptions options;
    options.sinceNanos = sinceNanos;
    options.only = LogStream::out;
    LogFollower(view, watch, egressGateway(project).text, options, receiver).run({}, stop);
}

}

std::optional<Event> parseDenial(const LogLine& line)
{
    if (!line.begins || !line.text.starts_with(denied))
        return std::nullopt;
    std::map<std::string, std::string> said;
    std::istringstream in(line.text.substr(denied.size()));
    for (std::string word; in >> word;)
        if (const auto equals = word.find('='); equals != std::string::npos)
            said.emplace(word.substr(0, equals), word.substr(equals + 1));
    Event event;
    event.type = Event::Type::egressDenied;
    event.name = said["server"];
    event.target = fmt::format("{}:{}", said["name"], said["port"]);
    event.reason = said["reason"];
    event.timeNanos = line.timeNanos;
    return event;
}

void pastDenials(const OrchestratorView& view, const ProjectName& project, std::int64_t sinceNanos,
                 std::int64_t untilNanos, const EventSink& sink)
{
    for (const auto& instance : view.listInstances(project).ours)
    {
        if (instance.name != egressGateway(project).text)
            continue;
        LogLines lines;
        const auto take = denialsTo(sink);
        LogOptions options;
        options.timestamps = true;
        options.sinceNanos = sinceNanos;
        options.untilNanos = untilNanos;
        options.only = LogStream::out;
        view.getLogs(instance.id, options, [&](const LogPiece& piece) { return lines.feed(piece, take); }, {});
    }
}

EgressWatch::EgressWatch(const OrchestratorView& view, const ProjectName& project, std::int64_t sinceNanos,
                         EventSink sink)
    : thread_([&view, project, sinceNanos, sink = std::move(sink)](const std::stop_token& stop)
              { follow(view, project, sinceNanos, sink, stop); })
{
}

bool DenialFilter::isNews(const Event& denial, Clock::time_point now)
{
    constexpr std::size_t most = 1000;
    if (told_.size() >= most)
        told_.clear();
    auto& last = told_[{denial.name, denial.target}];
    const bool news = last == Clock::time_point{} || now - last >= std::chrono::minutes(1);
    if (news)
        last = now;
    return news;
}

}
