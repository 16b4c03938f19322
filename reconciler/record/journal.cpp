#include "record/journal.h"

#include "model/json_text.h"
#include "record/private_file.h"
#include "record/target.h"

#include <Poco/Exception.h>
#include <Poco/JSON/Parser.h>

#include <fmt/format.h>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <new>
#include <optional>
#include <utility>

namespace mcpctl
{

namespace
{

namespace fs = std::filesystem;

/// How many records go to the database at once.
constexpr std::size_t batch = 100;

[[noreturn]] void fail(const char* what, const fs::path& file)
{
    throw HistoryError(fmt::format("cannot {} the journal {}: {}", what, file.string(), std::strerror(errno)));
}

class OpenFile
{
public:
    OpenFile(const fs::path& file, int flags) : file_(file), fd_(::open(file.c_str(), flags | O_CLOEXEC, 0600))
    {
        if (fd_ < 0)
            fail("open", file);
    }
    ~OpenFile() { ::close(fd_); }
    OpenFile(const OpenFile&) = delete;
    OpenFile& operator=(const OpenFile&) = delete;

    int get() const { return fd_; }
    void sync() const
    {
        if (::fsync(fd_) != 0)
            fail("write", file_);
    }

private:
    fs::path file_;
    int fd_;
};

/// An flock, which dies with its process. Each has a file description of its own, so it holds between threads, too.
class FileLock
{
public:
    FileLock(const fs::path& file, bool wait) : file_(file, O_RDWR | O_CREAT)
    {
        while (::flock(file_.get(), wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0)
            if (errno == EWOULDBLOCK)
                return;
            else if (errno != EINTR)
                fail("lock", file);
        held_ = true;
    }
    bool held() const { return held_; }

private:
    OpenFile file_;
    bool held_ = false;
};

std::uint64_t sizeOf(const fs::path& file)
{
    std::error_code gone;
    const auto size = fs::file_size(file, gone);
    return gone ? 0 : size;
}

std::string lineOf(const Record& record)
{
    Poco::JSON::Object out;
    if (const auto* run = std::get_if<RunRecord>(&record))
        out.set("run", runToJson(*run));
    else
        out.set("event", eventToJson(std::get<EventRecord>(record)));
    return jsonText(out) + "\n";
}

/// Nothing for a line that a crash tore apart.
std::optional<Record> recordOf(const std::string& line)
{
    try
    {
        const auto json = Poco::JSON::Parser().parse(line).extract<Poco::JSON::Object::Ptr>();
        if (const auto run = json->getObject("run"))
            return runFromJson(*run);
        if (const auto event = json->getObject("event"))
            return eventFromJson(*event);
    }
    catch (const std::bad_alloc&) // the line may be whole
    {
        throw;
    }
    catch (const std::exception&) // NOLINT(bugprone-empty-catch): nobody can repair it
    {
    }
    return std::nullopt;
}

/// None of one that is gone. What cannot be read is an error, or it would be taken for empty, and removed.
std::vector<Record> recordsOf(const fs::path& segment)
{
    std::vector<Record> out;
    std::ifstream in(segment);
    if (!in && errno == ENOENT)
        return out;
    if (!in)
        fail("read", segment);
    for (std::string line; std::getline(in, line);)
        if (auto record = recordOf(line))
            out.push_back(std::move(*record));
    if (in.bad())
        fail("read", segment);
    return out;
}

/// For saying how many are dropped: what cannot be read cannot be counted.
std::size_t countOf(const fs::path& segment)
{
    try
    {
        return recordsOf(segment).size();
    }
    catch (const HistoryError&)
    {
        return 0;
    }
}

/// All of `line` behind what is whole in `file`, or nothing.
void appendLine(const fs::path& file, std::string line)
{
    const OpenFile out(file, O_RDWR | O_CREAT | O_APPEND);
    const auto size = ::lseek(out.get(), 0, SEEK_END);
    char last = '\n';
    if (size > 0 && ::pread(out.get(), &last, 1, size - 1) == 1 && last != '\n')
        line.insert(line.begin(), '\n'); // a torn line must not take this one with it
    const auto written = ::write(out.get(), line.data(), line.size());
    if (written != static_cast<ssize_t>(line.size()))
    {
        if (written >= 0)
            errno = ENOSPC;
        const int error = errno;
        [[maybe_unused]] const int undone = ::ftruncate(out.get(), size);
        errno = error;
        fail("write", file);
    }
    out.sync();
}

void create(const fs::path& folder, const fs::path& segment)
{
    const OpenFile made(segment, O_RDWR | O_CREAT);
    OpenFile(folder, O_RDONLY | O_DIRECTORY).sync();
}

fs::path after(const fs::path& segment)
{
    return segment.parent_path() / fmt::format("{:012}.jsonl", std::stoull(segment.stem().string()) + 1);
}

}

Journal::Journal(fs::path folder, Limits limits) : folder_(std::move(folder)), limits_(limits) {}

std::vector<fs::path> Journal::segments() const
{
    std::vector<fs::path> out;
    try
    {
        for (const auto& each : fs::directory_iterator(folder_))
            if (each.path().extension() == ".jsonl")
                out.push_back(each.path());
    }
    catch (const fs::filesystem_error& error)
    {
        if (error.code() != std::errc::no_such_file_or_directory)
            throw HistoryError(fmt::format("cannot read the journal {}: {}", folder_.string(), error.code().message()));
    }
    std::sort(out.begin(), out.end());
    return out;
}

bool Journal::empty() const
{
    return bytes() == 0;
}

std::uint64_t Journal::bytes() const
{
    std::uint64_t sum = 0;
    try
    {
        for (const auto& segment : segments())
            sum += sizeOf(segment);
    }
    catch (const HistoryError&) // who wants to add or to flush hears of it
    {
        return sum;
    }
    return sum;
}

std::uint64_t Journal::dropped() const
{
    std::ifstream in(folder_ / "dropped");
    std::uint64_t count = 0;
    in >> count;
    return in ? count : 0;
}

void Journal::makeRoom(std::uint64_t wanted)
{
    auto all = segments();
    if (!all.empty())
        all.pop_back(); // the last one stays: its number must not be given again
    for (const auto& segment : all)
    {
        if (bytes() + wanted <= limits_.bytes)
            return;
        const auto lost = dropped() + countOf(segment);
        std::ofstream(folder_ / "dropped.new") << lost << '\n';
        std::error_code ignored;
        fs::rename(folder_ / "dropped.new", folder_ / "dropped", ignored);
        fs::remove(segment, ignored);
    }
}

fs::path Journal::segmentToWrite()
{
    const auto existing = segments();
    if (!existing.empty() && sizeOf(existing.back()) < limits_.segmentBytes)
        return existing.back();
    auto next = existing.empty() ? folder_ / "000000000001.jsonl" : after(existing.back());
    create(folder_, next);
    return next;
}

void Journal::add(const Record& record)
{
    makePrivateFolders(folder_);
    const FileLock lock(folder_ / "lock", true);
    const auto line = lineOf(record);
    makeRoom(line.size() + 1);
    appendLine(segmentToWrite(), line);
}

std::size_t Journal::flush(const std::function<void(const std::vector<Record>&)>& sink)
{
    if (empty())
        return 0;
    const FileLock flusher(folder_ / "flush.lock", false);
    if (!flusher.held())
        return 0;
    std::size_t taken = 0;
    while (!empty())
    {
        fs::path oldest;
        {
            // What is read must not grow meanwhile: later records go to a segment behind it.
            const FileLock lock(folder_ / "lock", true);
            const auto all = segments();
            if (all.empty())
                return taken;
            oldest = all.front();
            if (all.size() == 1)
                create(folder_, after(oldest));
        }
        const auto records = recordsOf(oldest);
        for (std::size_t first = 0; first < records.size(); first += batch)
        {
            const auto begin = records.begin() + static_cast<std::ptrdiff_t>(first);
            const auto end = records.begin() + static_cast<std::ptrdiff_t>(std::min(first + batch, records.size()));
            sink({begin, end});
            taken += static_cast<std::size_t>(end - begin);
        }
        // A crash right before this only says everything twice.
        std::error_code ignored;
        fs::remove(oldest, ignored);
    }
    return taken;
}

}
