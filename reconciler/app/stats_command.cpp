#include "app/commands.h"
#include "app/engine.h"
#include "app/report.h"
#include "app/select_instances.h"
#include "app/stats_table.h"
#include "app/terminal.h"
#include "orchestrator/bounded_pool.h"
#include "orchestrator/pause.h"

#include <fmt/format.h>

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>

namespace mcpctl
{

namespace
{

constexpr std::size_t workers = 8;
constexpr std::chrono::milliseconds shortest{100};
constexpr std::chrono::milliseconds firstInterval{1000}; ///< nobody wants to wait longer for the first numbers

/// Measures what runs and was chosen. A measurement's cpu percent is over the time since the one before.
class Meter
{
public:
    Meter(const OrchestratorView& view, const GlobalOptions& global, const ObserveOptions& options)
        : view_(view), global_(global), options_(options)
    {
    }

    /// Throws UsageError for an argument that names no instance, the first time.
    std::vector<Usage> measure()
    {
        const auto chosen = choose();
        std::vector<std::optional<Stats>> measured(chosen.size());
        forEachInParallel(chosen.size(), workers, [&](std::size_t i) { measured[i] = measureOne(chosen[i].id); });
        std::vector<Usage> usages;
        std::map<std::string, Stats> now;
        for (std::size_t i = 0; i < chosen.size(); ++i)
        {
            if (!measured[i])
                continue;
            const auto& id = chosen[i].id;
            Usage usage{chosen[i].name, id, *measured[i], std::nullopt};
            if (const auto before = before_.find(id); before != before_.end())
                usage.cpuPercent = cpuPercent(before->second, *measured[i]);
            now.emplace(id, *measured[i]);
            usages.push_back(std::move(usage));
        }
        before_ = std::move(now);
        return usages;
    }

private:
    std::vector<ObservedInstance> choose()
    {
        auto ours = view_.listInstances(ProjectName(global_.project)).ours;
        if (!std::exchange(begun_, true))
            for (const auto& each : selectInstances(ours, options_.instances))
                names_.insert(each.name);
        std::erase_if(ours,
                      [&](const auto& each)
                      {
                          return (each.state != RunState::running && each.state != RunState::paused) ||
                                 !(names_.empty() || names_.contains(each.name));
                      });
        return ours;
    }

    /// Nothing for one that ended meanwhile.
    std::optional<Stats> measureOne(const std::string& id) const
    {
        try
        {
            return view_.getStats(id);
        }
        catch (const OrchestratorError& error)
        {
            if (error.kind() == OrchestratorError::Kind::notFound || view_.getStatus(id) != LiveStatus::running)
                return std::nullopt;
            throw;
        }
    }

    const OrchestratorView& view_;
    const GlobalOptions& global_;
    const ObserveOptions& options_;
    bool begun_ = false;
    std::set<std::string> names_;         ///< none: all
    std::map<std::string, Stats> before_; ///< by id
};

/// Writes one text over the one before, where that can be done. Hides the cursor meanwhile.
class Screen
{
public:
    explicit Screen(bool inPlace) : inPlace_(inPlace)
    {
        if (inPlace_)
            print("\033[?25l");
    }
    ~Screen()
    {
        if (inPlace_)
            std::fputs("\033[?25h", stdout);
    }
    Screen(const Screen&) = delete;
    Screen& operator=(const Screen&) = delete;

    void show(const std::string& text)
    {
        if (!inPlace_)
            return print(text);
        const auto cut = fitted(text);
        print((lines_ > 0 ? fmt::format("\033[{}A\r", lines_) : "") + "\033[J" + cut);
        lines_ = std::count(cut.begin(), cut.end(), '\n');
    }

private:
    /// What is wider or higher than the terminal could not be drawn over.
    static std::string fitted(const std::string& text)
    {
        winsize size{};
        const bool known = ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1;
        auto room = known ? size.ws_row - 1 : 23;
        std::string out;
        for (std::size_t begin = 0; begin < text.size() && room > 0; --room)
        {
            const auto end = text.find('\n', begin);
            out += text.substr(begin, std::min(end - begin, terminalWidth(STDOUT_FILENO))) + "\n";
            begin = end + 1;
        }
        return out;
    }

    const bool inPlace_;
    std::ptrdiff_t lines_ = 0;
};

}

ExitCode statsCommand(const GlobalOptions& global, const ObserveOptions& options, const std::stop_token& stop)
{
    const auto engine = openForReading(global);
    const bool json = global.output == OutputFormat::json;
    const auto interval = std::max(options.interval, shortest);
    Meter meter(*engine.view, global, options);
    meter.measure();
    bool goesOn = pauseFor(std::min(interval, firstInterval), stop);
    {
        Screen screen(options.stream && !json && isTerminal(STDOUT_FILENO));
        while (goesOn)
        {
            const auto usages = meter.measure();
            screen.show(json ? usageJson(usages) : usageTable(usages));
            goesOn = options.stream && pauseFor(interval, stop);
        }
    }
    if (global.stats)
        say(toString(engine.statistics()) + "\n");
    return ExitCode::done;
}

}
