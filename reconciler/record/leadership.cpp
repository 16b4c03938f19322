#include "record/leadership.h"

#include "model/hash.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>

namespace mcpctl
{

namespace
{

/// PostgreSQL's advisory locks are called by numbers.
std::int64_t lockNumber(const std::string& project, const std::string& engineId)
{
    const auto digest = sha256Hex("mcpctl leader\n" + project + "\n" + engineId);
    std::uint64_t number = 0;
    std::from_chars(digest.data(), digest.data() + 15, number, 16);
    return static_cast<std::int64_t>(number);
}

}

Leadership::Leadership(HistoryTarget target, std::string project)
    : target_(std::move(target)), project_(std::move(project))
{
    if (target_.kind != HistoryTarget::Kind::postgresql)
        throw HistoryError("leader election needs a PostgreSQL: --history postgresql://...");
}

std::string Leadership::claim(const std::string& engineId)
{
    const std::lock_guard lock(mutex_);
    try
    {
        if (session_ && engineId == engineId_)
        {
            session_->query("SELECT 1");
            return "";
        }
        return take(engineId);
    }
    catch (const HistoryError& error)
    {
        session_.reset(); // and with it the lock
        return fmt::format("cannot tell who leads: {}", error.what());
    }
}

std::string Leadership::take(const std::string& engineId)
{
    session_.reset();
    auto session = std::make_unique<Database>(target_);
    // A host that vanished must not lead for hours.
    for (const auto* setting : {"tcp_keepalives_idle = 5", "tcp_keepalives_interval = 2", "tcp_keepalives_count = 3"})
        session->query(fmt::format("SET {}", setting));
    const auto rows =
        session->query("SELECT CASE WHEN pg_try_advisory_lock($1) THEN 1 ELSE 0 END", {lockNumber(project_, engineId)});
    if (rows.empty() || rows.front().empty() || rows.front().front() != "1")
        return fmt::format("another daemon leads project {} on this engine; standing by", project_);
    session_ = std::move(session);
    engineId_ = engineId;
    return "";
}

}
