#include "app/commands.h"
#include "app/engine.h"
#include "app/log_history.h"
#include "app/log_printer.h"
#include "app/moment.h"
#include "app/pipeline.h"
#include "app/report.h"
#include "app/select_instances.h"
#include "app/terminal.h"
#include "model/timestamp.h"
#include "orchestrator/log_follower.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <map>
#include <mutex>
#include <thread>

namespace mcpctl
{

namespace
{

constexpr std::size_t mostLines = 1'000'000'000; ///< what no log has

/// Standard output. A reader that went away ends the command quietly; any other failure is one.
class Output
{
public:
    bool write(const std::string& text)
    {
        if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && (!prompt_ || std::fflush(stdout) == 0))
            return true;
        gone_ = errno == EPIPE;
        failed_ = !gone_;
        return false;
    }

    /// From here on each line is written at once.
    bool bePrompt()
    {
        prompt_ = true;
        return write("");
    }

    void check() const
    {
        if (failed_)
            throw std::runtime_error("cannot write to standard output");
    }

private:
    bool prompt_ = false;
    bool gone_ = false;
    bool failed_ = false;
};

/// What followers of many instances have to say, once: an engine that goes away does so for all of them.
class Talk
{
public:
    void operator()(const std::string& text)
    {
        const std::lock_guard lock(mutex_);
        const auto now = std::chrono::steady_clock::now();
        const auto last = said_.find(text);
        if (last != said_.end() && now - last->second < std::chrono::seconds(10))
            return;
        said_[text] = now;
        say(fmt::format("mcpctl: {}\n", text));
    }

private:
    std::mutex mutex_;
    std::map<std::string, std::chrono::steady_clock::time_point> said_; ///< guarded by mutex_
};

std::vector<ObservedInstance> selected(const std::vector<ObservedInstance>& instances, const LogsOptions& options)
{
    if (options.all)
        return settledInstances(instances);
    auto out = selectInstances(instances, options.instances);
    for (const auto& profile : options.profiles)
        for (const auto& each : selectProfile(instances, profile))
            if (std::none_of(out.begin(), out.end(), [&](const auto& other) { return other.id == each.id; }))
                out.push_back(each);
    if (out.empty())
        throw UsageError("name an instance, a --profile, or say --all; `mcpctl status` shows what there is");
    return out;
}

LogSource sourceOf(const ObservedInstance& instance, const LogsOptions& options, std::int64_t now)
{
    LogSource source{.name = instance.name, .id = instance.id, .options = {}};
    source.options.tail = options.tail ? static_cast<int>(std::min(*options.tail, mostLines)) : -1;
    if (options.since)
        source.options.sinceNanos = parseMoment(*options.since, "--since", now);
    if (options.until)
        source.options.untilNanos = parseMoment(*options.until, "--until", now);
    // The stdout of a stdio server is the protocol's, with whatever goes over it.
    if (instance.spec.keepsStdin && !options.withStdout)
        source.options.only = LogStream::err;
    return source;
}

LogPrinter printerFor(const GlobalOptions& global, const LogsOptions& options,
                      const std::vector<ObservedInstance>& wanted, const std::vector<ObservedInstance>& all,
                      Output& output)
{
    LogStyle style;
    style.format = global.output;
    style.timestamps = options.timestamps;
    style.prefixes = wanted.size() > 1;
    style.colour = wantsColour(STDOUT_FILENO);
    style.terminal = ::isatty(STDOUT_FILENO) == 1;
    std::vector<LogLabel> labels;
    for (const auto& each : wanted)
    {
        // By its place among all, so that it keeps its colour whichever of them are shown.
        const auto place = std::find_if(all.begin(), all.end(), [&](const auto& other) { return other.id == each.id; });
        labels.push_back({each.name, static_cast<std::size_t>(place - all.begin())});
    }
    return {style, std::move(labels), [&output](const std::string& text) { return output.write(text); }};
}

void follow(const OrchestratorView& view, const ProjectName& project, const std::vector<LogSource>& sources,
            const std::vector<LogEnd>& ends, LogPrinter& printer, const std::stop_token& stop)
{
    Talk talk;
    InstanceWatch watch(view, project);
    std::stop_source enough;
    const std::stop_callback both(stop, [&enough] { enough.request_stop(); });
    const auto followOne = [&](std::size_t i)
    {
        LogLines lines;
        const LineSink show = [&](const LogLine& line)
        {
            const bool more = printer.show(i, line);
            if (!more)
                enough.request_stop();
            return more;
        };
        LogReceiver receiver;
        receiver.piece = [&](const LogPiece& piece) { return lines.feed(piece, show); };
        receiver.paused = [&] { lines.flush(show); };
        receiver.say = [&](const std::string& text) { talk(text); };
        LogFollower(view, watch, sources[i].name, sources[i].options, receiver)
            .run(ends[i].position, enough.get_token());
    };
    std::vector<std::jthread> followers;
    for (std::size_t i = 0; i < sources.size(); ++i)
        if (ends[i].error.empty())
            followers.emplace_back(followOne, i);
    followers.clear(); // waits for them
}

}

ExitCode logsCommand(const GlobalOptions& global, const LogsOptions& options, const std::stop_token& stop)
{
    std::signal(SIGPIPE, SIG_IGN); // `| head` is no failure
    const auto now = nowNanos();
    const ProjectName project(global.project);
    const auto engine = openForReading(global);
    const auto all = engine.view->listInstances(project).ours;
    const auto wanted = selected(all, options);
    std::vector<LogSource> sources(wanted.size());
    std::transform(wanted.begin(), wanted.end(), sources.begin(),
                   [&](const auto& each) { return sourceOf(each, options, now); });

    Output output;
    auto printer = printerFor(global, options, wanted, all, output);
    const auto ends = readLogs(
        *engine.view, sources, [&](std::size_t i, const LogLine& line) { return printer.show(i, line); }, stop);
    bool failed = false;
    for (std::size_t i = 0; i < ends.size(); ++i)
        if (!ends[i].error.empty())
        {
            // Who asks for all does not ask for what was declared to keep no log.
            failed = failed || !options.instances.empty() || wanted[i].spec.logging.driver != "none";
            say(fmt::format("mcpctl: {}: {}\n", sources[i].name, ends[i].error));
        }
    if (output.bePrompt() && options.follow)
        follow(*engine.view, project, sources, ends, printer, stop);
    printer.finish();
    output.check();
    if (global.stats)
        say(toString(engine.statistics()) + "\n");
    if (stop.stop_requested() && !options.follow)
        return ExitCode::interrupted;
    return failed ? ExitCode::failed : ExitCode::done;
}

}
