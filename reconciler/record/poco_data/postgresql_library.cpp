#include "record/poco_data/postgresql_library.h"

#include "record/target.h"

#include <fmt/format.h>

#include <libpq-fe.h>

#include <dlfcn.h>

#include <memory>

namespace mcpctl
{

namespace
{

std::string lastError()
{
    const char* error = ::dlerror();
    return error ? error : "unknown error";
}

template <typename Function>
Function* find(void* library, const char* name)
{
    // Looks through what the library was linked with, too.
    void* found = ::dlsym(library, name);
    if (!found)
        throw HistoryError("cannot use PostgreSQL: " + lastError());
    return reinterpret_cast<Function*>(found);
}

}

PostgresqlLibrary::PostgresqlLibrary() : library_(::dlopen(MCPCTL_POSTGRESQL_LIBRARY, RTLD_NOW | RTLD_LOCAL))
{
    if (!library_)
        throw HistoryError(fmt::format("cannot use PostgreSQL: {}; install Poco's data connector for it (Debian: "
                                       "libpocodatapostgresql80)",
                                       lastError()));
    // Poco::Data::PostgreSQL::Connector::registerConnector()
    find<void()>(library_, "_ZN4Poco4Data10PostgreSQL9Connector17registerConnectorEv")();
}

const PostgresqlLibrary& PostgresqlLibrary::load()
{
    static const PostgresqlLibrary library;
    return library;
}

std::string PostgresqlLibrary::tryToConnect(const std::string& words) const
{
    const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
        find<decltype(PQconnectdb)>(library_, "PQconnectdb")(words.c_str()),
        find<decltype(PQfinish)>(library_, "PQfinish"));
    if (find<decltype(PQstatus)>(library_, "PQstatus")(connection.get()) == CONNECTION_OK)
        return "";
    return find<decltype(PQerrorMessage)>(library_, "PQerrorMessage")(connection.get());
}

}
