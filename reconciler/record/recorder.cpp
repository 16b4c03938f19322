#include "record/recorder.h"

#include <fmt/format.h>

#include <algorithm>
#include <new>
#include <utility>

namespace mcpctl
{

namespace
{

/// How many records wait in memory when the disk has no room for them.
constexpr std::size_t mostHeld = 1000;

/// How many bytes may wait for a database that is there.
constexpr std::uint64_t mostWaiting = 64UL * 1024;

}

Recorder::Recorder(HistoryTarget target, const std::filesystem::path& journalFolder, Options options)
    : target_(std::move(target)), options_(std::move(options)), journal_(journalFolder, options_.limits),
      due_(options_.mode == Mode::background || target_.kind != HistoryTarget::Kind::sqlite ||
           journal_.bytes() > mostWaiting)
{
    droppedBefore_ = journal_.dropped();
    if (options_.mode == Mode::background && target_.kind != HistoryTarget::Kind::none)
        flusher_ = std::jthread([this](const std::stop_token& stop) { loop(stop); });
}

Recorder::~Recorder()
{
    if (flusher_.joinable())
    {
        flusher_.request_stop();
        flusher_.join();
    }
    if (target_.kind == HistoryTarget::Kind::none)
        return;
    try
    {
        if (!held_.empty() || (due_ && !journal_.empty()))
            deliver();
    }
    catch (const std::bad_alloc&) // NOLINT(bugprone-empty-catch): what waits on disk waits for the next recorder
    {
    }
    const std::lock_guard keeping(keeping_);
    keep();
    if (!held_.empty() && options_.warn)
        options_.warn(fmt::format("{} records of the history are lost: there was no room for them", held_.size()));
}

void Recorder::record(Record record, Haste haste)
{
    if (target_.kind == HistoryTarget::Kind::none)
        return;
    const bool background = options_.mode == Mode::background;
    const bool isRun = std::holds_alternative<RunRecord>(record);
    std::unique_lock keeping(keeping_, std::defer_lock);
    if (background && isRun)
        keeping.lock(); // or the flusher takes it, and it is not on disk when this returns
    bool many = false;
    bool due = false;
    {
        const std::lock_guard lock(mutex_);
        try
        {
            held_.push_back(std::move(record));
        }
        catch (const std::bad_alloc&)
        {
            ++lost_;
            return;
        }
        if (held_.size() > mostHeld)
        {
            held_.pop_front();
            ++lost_;
        }
        due = due_ = due_ || haste == Haste::due;
        many = held_.size() > mostHeld / 2;
    }
    if (!background && due)
        deliver();
    // An engine tells of events faster than a disk can be synced for each. But a database that hangs must cost none.
    if (!background || isRun || many)
    {
        if (!keeping)
            keeping.lock();
        keep();
    }
    const std::lock_guard lock(mutex_);
    news_ = true;
    wake_.notify_all();
}

std::list<Record> Recorder::takeHeld() noexcept
{
    const std::lock_guard lock(mutex_);
    return std::exchange(held_, {});
}

void Recorder::putBack(std::list<Record> taken) noexcept
{
    const std::lock_guard lock(mutex_);
    held_.splice(held_.begin(), taken);
}

/// What is held goes to the journal. Under keeping_.
void Recorder::keep()
{
    auto taken = takeHeld();
    try
    {
        for (; !taken.empty(); taken.pop_front())
            journal_.add(taken.front());
        {
            const std::lock_guard lock(mutex_);
            diskTrouble_.clear();
        }
        const auto dropped = journal_.dropped();
        if (dropped > droppedBefore_ && options_.warn)
            options_.warn(fmt::format("the journal of the history is full: its oldest {} records were dropped",
                                      dropped - droppedBefore_));
        droppedBefore_ = std::max(droppedBefore_, dropped);
    }
    catch (const std::exception& error)
    {
        putBack(std::move(taken));
        tell(diskTrouble_, fmt::format("the history cannot be kept: {}", error.what()));
    }
}

void Recorder::deliver()
{
    if (target_.kind == HistoryTarget::Kind::none)
        return;
    const std::lock_guard delivery(delivery_);
    if (std::chrono::steady_clock::now() < nextTry_)
        return;
    try
    {
        if (!store_)
            store_ = std::make_unique<History>(target_);
        const auto followed = journal_.flush([this](const std::vector<Record>& records) { store_->append(records); });
        deliverHeld();
        pause_ = {};
        bool again = false;
        {
            const std::lock_guard lock(mutex_);
            again = !trouble_.empty();
            trouble_.clear();
        }
        if (again && options_.warn)
            options_.warn(fmt::format("the history is written again; {} records followed", followed));
    }
    catch (const std::exception& error)
    {
        store_.reset();
        pause_ = std::clamp(pause_ * 2, options_.firstRetry, options_.lastRetry);
        nextTry_ = std::chrono::steady_clock::now() + pause_;
        tell(trouble_, fmt::format("the history is not written now, what is new waits on disk: {}", error.what()));
    }
}

/// What is held, past the journal, unless something older waits there. Under delivery_.
void Recorder::deliverHeld()
{
    std::list<Record> taken;
    {
        const std::lock_guard keeping(keeping_);
        if (journal_.empty())
            taken = takeHeld();
    }
    if (taken.empty())
        return;
    try
    {
        store_->append({taken.begin(), taken.end()});
    }
    catch (const std::exception&)
    {
        putBack(std::move(taken));
        throw;
    }
}

/// Says `text` unless it was the last thing said of its kind.
void Recorder::tell(std::string& last, const std::string& text)
{
    {
        const std::lock_guard lock(mutex_);
        if (last == text)
            return;
        last = text;
    }
    if (options_.warn)
        options_.warn(text);
}

Recorder::Status Recorder::status() const
{
    Status out{journal_.bytes(), journal_.dropped(), 0, {}};
    const std::lock_guard lock(mutex_);
    out.lost = lost_;
    out.trouble = trouble_.empty() ? diskTrouble_ : trouble_;
    return out;
}

void Recorder::loop(const std::stop_token& stop)
{
    while (!stop.stop_requested())
    {
        deliver();
        if (pause_.count() > 0) // the database is away
        {
            const std::lock_guard keeping(keeping_);
            keep();
        }
        const bool journalWaits = !journal_.empty();
        std::unique_lock lock(mutex_);
        const auto isNews = [this] { return news_; };
        if (journalWaits || !held_.empty())
            wake_.wait_for(lock, stop, std::max(pause_, std::chrono::milliseconds(10)), isNews);
        else
            wake_.wait(lock, stop, isNews);
        news_ = false;
    }
}

}
