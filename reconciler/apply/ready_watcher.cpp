#include "apply/ready_watcher.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <optional>

namespace mcpctl
{

namespace
{

constexpr int crashLoop = 3;
constexpr std::chrono::seconds reviveWithin{10}; ///< the engine waits 100 ms, then twice as long each time
constexpr int logLines = 8;
constexpr std::size_t logLineLength = 300;

bool revives(const RestartPolicy& restart, int exitCode)
{
    return restart.when == RestartPolicy::When::always || restart.when == RestartPolicy::When::unlessStopped ||
           (restart.when == RestartPolicy::When::onFailure && exitCode != 0);
}

/// The last lines of both streams, as people can read them.
std::string lastLogLines(const OrchestratorView& view, const std::string& id)
{
    std::string text;
    try
    {
        LogOptions options;
        options.tail = logLines;
        view.getLogs(id, options,
                     [&text](const LogPiece& piece)
                     {
                         text += piece.text;
                         return text.size() < logLines * logLineLength * 4;
                     },
                     {});
    }
    catch (const OrchestratorError& error)
    {
        return fmt::format("\n  its log cannot be read: {}", error.what());
    }
    std::string out;
    std::size_t begin = 0;
    while (begin < text.size())
    {
        const auto end = std::min(text.find('\n', begin), text.size());
        std::string line = text.substr(begin, std::min(end - begin, logLineLength));
        std::replace_if(
            line.begin(), line.end(), [](unsigned char c) { return c < 0x20 && c != '\t'; }, '?');
        out += "\n  | " + line;
        begin = end + 1;
    }
    return out.empty() ? "\n  it logged nothing" : out;
}

}

ReadyWatcher::ReadyWatcher(const OrchestratorView& view, const ProjectName& project, Times times)
    : view_(view), times_(times), follower_([this, project](const std::stop_token& stop) { follow(project, stop); })
{
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, std::chrono::seconds(30), [this] { return subscribed_ || !broken_.empty(); });
    if (!subscribed_)
        throw OrchestratorError(OrchestratorError::Kind::failed,
                                "cannot see the engine's events: " + (broken_.empty() ? "no answer" : broken_));
}

void ReadyWatcher::follow(const ProjectName& project, const std::stop_token& stop)
{
    try
    {
        view_.subscribeEvents(
            project, [this](const Event& event) { note(event); }, stop);
        return;
    }
    catch (const std::exception& error) // whatever it is: from a thread it would end the program
    {
        const std::lock_guard lock(mutex_);
        broken_ = error.what();
    }
    changed_.notify_all();
}

void ReadyWatcher::note(const Event& event)
{
    {
        const std::lock_guard lock(mutex_);
        if (event.type == Event::Type::subscribed)
            subscribed_ = true;
        auto& life = lives_.try_emplace(event.id, Life{.since = Clock::now()}).first->second;
        // A start or an end counts the time anew; a change of limits or of health does not.
        if (event.type == Event::Type::start || event.type == Event::Type::die)
            life.since = Clock::now();
        if (event.type == Event::Type::start)
            life.running = true;
        else if (event.type == Event::Type::oom)
            life.oom = true;
        else if (event.type == Event::Type::die)
        {
            life.running = false;
            life.exitCode = event.exitCode;
            ++life.deaths;
        }
        else if (event.type == Event::Type::destroy)
            life.removed = true;
    }
    changed_.notify_all();
}

ReadyWatcher::Life ReadyWatcher::lifeOf(const std::string& id, Clock::time_point startedAt) const
{
    const auto found = lives_.find(id);
    Life life = found == lives_.end() ? Life{} : found->second;
    if (found == lives_.end())
        life.since = startedAt;
    return life;
}

/// Asks on a thread of its own. The answer is guarded by the watcher's mutex.
class ReadyWatcher::Asking
{
public:
    Asking(const ReadyWatcher& watcher, const AskReady& ask) : watcher_(watcher), ask_(ask) {}

    /// From here on an answer is on its way. `deaths`: how often the instance had ended by now.
    void begin(int deaths)
    {
        deaths_ = deaths;
        answer_.reset();
        thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
    }

    /// Ends the asking and returns its last words. The mutex must not be held.
    std::string end()
    {
        thread_ = {};
        return answer_ && !answer_->ready ? answer_->why : "";
    }

    const std::optional<Readiness>& answer() const { return answer_; }
    /// The instance has ended since it was asked, so that the answer may be of the process before.
    bool isOutdatedBy(const Life& life) const { return life.deaths != deaths_; }

private:
    void run(const std::stop_token& stop)
    {
        Readiness readiness;
        try
        {
            readiness = ask_(stop);
        }
        catch (const std::exception& error) // whatever it is: from a thread it would end the program
        {
            readiness.why = error.what();
        }
        {
            const std::lock_guard lock(watcher_.mutex_);
            answer_ = std::move(readiness);
        }
        watcher_.changed_.notify_all();
    }

    const ReadyWatcher& watcher_;
    const AskReady& ask_;
    int deaths_ = 0;
    std::optional<Readiness> answer_;
    std::jthread thread_; ///< last: it uses all of the above
};

Readiness ReadyWatcher::wait(const std::string& id, const RestartPolicy& restart, const std::stop_token& stop,
                             const AskReady& ask) const
{
    const auto begin = Clock::now();
    const auto giveUp = begin + times_.timeout;
    Asking asking(*this, ask);
    if (ask)
        asking.begin(0);
    std::unique_lock lock(mutex_);
    while (true)
    {
        const Life life = lifeOf(id, begin);
        const auto now = Clock::now();
        // Who ended before has to run longer to be believed.
        const auto settle = times_.settle * (1 + 2 * life.deaths);
        const auto answer = asking.answer();
        const bool asked = !ask || answer;
        const auto next = !life.running ? life.since + reviveWithin : asked ? life.since + settle : giveUp;
        if (stop.stop_requested())
            return {false, "interrupted"};
        if (life.removed)
            return {false, "it was removed"};
        if (life.deaths >= crashLoop || (!life.running && (!revives(restart, life.exitCode) || now >= next)))
        {
            lock.unlock();
            return notReady(id, life.deaths >= crashLoop ? "it ends again and again" : "it ended", life);
        }
        if (answer && !answer->ready)
        {
            lock.unlock();
            return notReady(id, answer->why, life);
        }
        if (answer && life.running && asking.isOutdatedBy(life))
        {
            lock.unlock();
            asking.begin(life.deaths);
            lock.lock();
            continue;
        }
        if (asked && life.running && now >= next)
            return answer ? *answer : Readiness{true, ""};
        if (!broken_.empty())
            return {false, "cannot see the engine's events: " + broken_};
        if (now >= giveUp)
        {
            lock.unlock();
            return notReady(id, tooLate(asking.end()), life);
        }
        changed_.wait_until(lock, stop, std::min(next, giveUp),
                            [&] {
                                return lifeOf(id, begin) != life || !broken_.empty() ||
                                       asking.answer().has_value() != answer.has_value();
                            });
    }
}

std::string ReadyWatcher::tooLate(const std::string& words) const
{
    const auto time = fmt::format("within {} s", static_cast<double>(times_.timeout.count()) / 1000.0);
    return words.empty() ? "it did not settle " + time : fmt::format("it is not ready {}: {}", time, words);
}

Readiness ReadyWatcher::notReady(const std::string& id, const std::string& why, const Life& life) const
{
    const std::string ending =
        life.deaths == 0 ? "" : fmt::format(" (exit code {}{})", life.exitCode, life.oom ? ", out of memory" : "");
    return {false, why + ending + "; the last of its log:" + lastLogLines(view_, id)};
}

}
