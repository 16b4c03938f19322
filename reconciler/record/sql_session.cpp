#include "record/sql_session.h"

#include "system/own_library.h"

namespace mcpctl
{

namespace
{

using Open = SqlSession*(const HistoryTarget&);

Open* load()
try
{
    return ownFunction<Open>(MCPCTL_HISTORY_LIBRARY, "mcpctlOpenSqlSession");
}
catch (const std::runtime_error& error)
{
    throw HistoryError(error.what());
}

}

std::unique_ptr<SqlSession> openSqlSession(const HistoryTarget& target)
{
    static Open* const open = load();
    return std::unique_ptr<SqlSession>(open(target));
}

}
