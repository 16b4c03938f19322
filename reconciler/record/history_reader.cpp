#include "record/history_reader.h"

#include <fmt/format.h>

#include <utility>
#include <vector>

namespace mcpctl
{

HistoryReader::HistoryReader(HistoryTarget target, const std::filesystem::path& journalFolder,
                             std::function<void(const std::string&)> warn)
    : target_(std::move(target)), journal_(journalFolder), warn_(std::move(warn))
{
}

History& HistoryReader::upToDate()
{
    if (!history_)
        history_ = std::make_unique<History>(target_);
    try
    {
        journal_.flush([this](const std::vector<Record>& records) { history_->append(records); });
    }
    catch (const HistoryError& error)
    {
        warn_(fmt::format("what waits on disk is not shown: {}", error.what()));
        history_ = std::make_unique<History>(target_); // it may have been that one
    }
    return *history_;
}

}
