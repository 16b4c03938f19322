#include "app/log_history.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

namespace mcpctl
{

namespace
{

/// Lines on their way from the thread that reads a log to the one that merges. Bounded by their bytes.
class LineQueue
{
public:
    /// False when nobody wants more.
    bool push(LogLine line, const std::stop_token& stop)
    {
        std::unique_lock lock(mutex_);
        if (!changed_.wait(lock, stop, [this] { return bytes_ < most; }))
            return false;
        bytes_ += line.text.size() + sizeof line;
        lines_.push_back(std::move(line));
        changed_.notify_all();
        return true;
    }

    void close()
    {
        const std::lock_guard lock(mutex_);
        closed_ = true;
        changed_.notify_all();
    }

    /// Waits for a line; nothing at the end, or when stopped.
    std::optional<LogLine> pop(const std::stop_token& stop)
    {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, stop, [this] { return closed_ || !lines_.empty(); });
        if (lines_.empty() || stop.stop_requested())
            return std::nullopt;
        auto line = std::move(lines_.front());
        lines_.pop_front();
        bytes_ -= line.text.size() + sizeof line;
        changed_.notify_all();
        return line;
    }

private:
    static constexpr std::size_t most = 1024 * 1024;

    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::deque<LogLine> lines_; ///< guarded by mutex_
    std::size_t bytes_ = 0;     ///< guarded by mutex_
    bool closed_ = false;       ///< guarded by mutex_
};

/// The last lines of what passes through.
class Tail
{
public:
    explicit Tail(std::size_t most) : most_(most) {}

    void add(LogLine line)
    {
        seen_ += line.begins;
        kept_ += line.begins;
        lines_.push_back(std::move(line));
        while (kept_ > most_)
            drop();
        if (kept_ == 0)
            lines_.clear();
    }

    std::size_t seen() const { return seen_; }
    std::deque<LogLine>& lines() { return lines_; }

private:
    void drop()
    {
        do
            lines_.pop_front();
        while (!lines_.empty() && !lines_.front().begins);
        --kept_;
    }

    const std::size_t most_;
    std::size_t seen_ = 0;
    std::size_t kept_ = 0; ///< lines that begin within `lines_`
    std::deque<LogLine> lines_;
};

/// Reads one log once. `engineTail`: as LogOptions::tail.
LogCursor readOnce(const OrchestratorView& view, const LogSource& source, int engineTail, const LineSink& sink,
                   const std::stop_token& stop)
{
    auto options = source.options;
    options.timestamps = true;
    options.follow = false;
    options.tail = engineTail;
    LogCursor cursor;
    LogLines lines;
    view.getLogs(
        source.id, options,
        [&](const LogPiece& piece)
        {
            cursor.advance(piece);
            return lines.feed(piece, sink);
        },
        stop);
    lines.flush(sink);
    return cursor;
}

/// The engine counts parts of lines, and those of streams that are not wanted. So it is asked for some more than is
/// needed, and for everything where that was too little.
LogCursor readTail(const OrchestratorView& view, const LogSource& source, const LineSink& sink,
                   const std::stop_token& stop)
{
    const auto wanted = static_cast<std::size_t>(source.options.tail);
    const int some = source.options.tail < 100'000 ? source.options.tail * 4 + 100 : -1;
    std::optional<Tail> tail;
    LogCursor cursor;
    for (const int engineTail : {some, -1})
    {
        tail.emplace(wanted);
        cursor = readOnce(
            view, source, engineTail,
            [&](LogLine line)
            {
                tail->add(std::move(line));
                return true;
            },
            stop);
        if (engineTail < 0 || tail->seen() > wanted) // one more: the first may be the end of a longer one
            break;
    }
    for (auto& line : tail->lines())
        if (!sink(std::move(line)))
            break;
    return cursor;
}

/// The source whose line is next: a line that is not at its end goes on, else the earliest, the first of equals.
std::optional<std::size_t> next(const std::vector<std::optional<LogLine>>& heads, std::size_t last)
{
    if (heads[last] && !heads[last]->begins)
        return last;
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < heads.size(); ++i)
        if (heads[i] && (!best || heads[i]->timeNanos < heads[*best]->timeNanos))
            best = i;
    return best;
}

/// Reads one log into its queue.
LogEnd readInto(LineQueue& queue, const OrchestratorView& view, const LogSource& source, const std::stop_token& stop)
{
    const auto push = [&](LogLine line) { return queue.push(std::move(line), stop); };
    LogEnd end;
    end.position.id = source.id;
    try
    {
        end.position.cursor =
            source.options.tail < 0 ? readOnce(view, source, -1, push, stop) : readTail(view, source, push, stop);
    }
    catch (const std::exception& error) // from a thread it would end the program
    {
        end.error = error.what();
    }
    queue.close();
    return end;
}

void merge(std::vector<LineQueue>& queues, const MergedSink& sink, const std::stop_token& stop)
{
    std::vector<std::optional<LogLine>> heads(queues.size());
    std::transform(queues.begin(), queues.end(), heads.begin(), [&](LineQueue& queue) { return queue.pop(stop); });
    for (auto i = next(heads, 0); i && !stop.stop_requested(); i = next(heads, *i))
    {
        if (!sink(*i, *heads[*i]))
            return;
        heads[*i] = queues[*i].pop(stop);
    }
}

}

std::vector<LogEnd> readLogs(const OrchestratorView& view, const std::vector<LogSource>& sources,
                             const MergedSink& sink, const std::stop_token& stop)
{
    std::vector<LogEnd> ends(sources.size());
    if (sources.empty())
        return ends;
    std::stop_source enough;
    const std::stop_callback both(stop, [&enough] { enough.request_stop(); });
    std::vector<LineQueue> queues(sources.size());
    std::vector<std::jthread> readers;
    for (std::size_t i = 0; i < sources.size(); ++i)
        readers.emplace_back([&, i] { ends[i] = readInto(queues[i], view, sources[i], enough.get_token()); });
    merge(queues, sink, enough.get_token());
    enough.request_stop();
    readers.clear(); // waits for them
    return ends;
}

}
