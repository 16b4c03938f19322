#pragma once

#include "record/history.h"
#include "record/journal.h"

#include <chrono>
#include <condition_variable>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

namespace mcpctl
{

/// Takes records and sees to it that they reach their database: now, or, when that is away or full, by way
/// of the journal later, in order, each once. It never throws and never stops whoever records: what cannot
/// be kept is told to `warn`, each trouble once. Any thread may record.
class Recorder
{
public:
    enum class Mode
    {
        now,        ///< record() tries the database itself: for a program that ends soon
        background, ///< a thread of its own does it; record() only writes a run to the journal, and nothing of an event
    };

    /// How soon SQLite, whose library is then loaded and whose file is opened, has to have a record. PostgreSQL gets
    /// each at once: others look there.
    enum class Haste
    {
        none, ///< it may wait in the journal for the next record or reader: a run that changed nothing
        due,
    };

    struct Options
    {
        Mode mode = Mode::now;
        std::function<void(const std::string&)> warn; ///< from any thread; may be empty
        Journal::Limits limits;
        std::chrono::milliseconds firstRetry{1000}; ///< after a failure; doubled up to lastRetry
        std::chrono::milliseconds lastRetry{60000};
    };

    struct Status
    {
        std::uint64_t waitingBytes = 0; ///< in the journal
        std::uint64_t dropped = 0;      ///< records that fell out of a full journal, ever
        std::uint64_t lost = 0;         ///< records that neither disk nor memory had room for
        std::string trouble;            ///< why the database does not get what waits; empty: it does
    };

    Recorder(HistoryTarget target, const std::filesystem::path& journalFolder, Options options);
    /// Tries once more to deliver what was due, unless the database was away just now.
    ~Recorder();
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    void record(Record record, Haste haste = Haste::due);
    /// Opens the database and delivers what waits for it. record() does so, too; this is for whoever has something else
    /// done on another thread meanwhile. Where the database is away that is told, and not waited for again at once.
    void deliver();
    /// Waits for no disk that is being written.
    Status status() const;

private:
    std::list<Record> takeHeld() noexcept;
    void putBack(std::list<Record> taken) noexcept;
    void keep();
    void deliverHeld();
    void tell(std::string& last, const std::string& text);
    void loop(const std::stop_token& stop);

    const HistoryTarget target_;
    const Options options_;
    Journal journal_;

    mutable std::mutex mutex_; // guards from here ...; never held over a file, nor over `warn`
    std::list<Record> held_;   // neither in the journal nor in the database yet
    bool due_;                 // the database shall have what is recorded now
    bool news_ = false;        // since the flusher last waited
    std::uint64_t lost_ = 0;
    std::string trouble_;
    std::string diskTrouble_;
    std::condition_variable_any wake_; // ... to here

    std::mutex keeping_;              // held while records are on their way to the journal; taken before mutex_
    std::uint64_t droppedBefore_ = 0; // guarded by it

    std::mutex delivery_; // guards the rest; taken before keeping_
    std::unique_ptr<History> store_;
    std::chrono::steady_clock::time_point nextTry_{};
    std::chrono::milliseconds pause_{0};

    std::jthread flusher_;
};

}
