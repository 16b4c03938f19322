#include "record/target.h"

#include <Poco/Exception.h>
#include <Poco/URI.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace mcpctl
{

namespace
{

/// What libpq may be told through the URL. A word outside of this list is more likely a typing error.
constexpr std::array<std::string_view, 11> knownParameters{
    "application_name", "channel_binding", "connect_timeout",     "host", "options", "sslcert", "sslkey", "sslmode",
    "sslpassword",      "sslrootcert",     "target_session_attrs"};

/// Cuts `text` at the first `mark`; the second half is empty where there is none.
std::pair<std::string, std::string> cut(const std::string& text, char mark)
{
    const auto at = text.find(mark);
    return at == std::string::npos ? std::pair{text, std::string()}
                                   : std::pair{text.substr(0, at), text.substr(at + 1)};
}

std::string decoded(const std::string& part, const char* what)
{
    std::string out;
    try
    {
        Poco::URI::decode(part, out);
    }
    catch (const Poco::Exception&)
    {
        // The part stays unsaid: it may be the password.
        throw HistoryError(fmt::format("the {} in the history URL is not percent-encoded right", what));
    }
    // They end up in a list of words that libpq reads; the password goes another way.
    const bool password = std::string_view(what) == "password";
    if (std::any_of(out.begin(), out.end(),
                    [password](unsigned char c)
                    { return password ? c == '\n' || c == '\0' : c <= ' ' || c == '\'' || c == '\\' || c == 0x7f; }))
        throw HistoryError(fmt::format("the {} in the history URL has a character that cannot be used there", what));
    return out;
}

void readParameters(const std::string& query, HistoryTarget& target)
{
    for (std::string rest = query; !rest.empty();)
    {
        auto [pair, more] = cut(rest, '&');
        const auto [name, value] = cut(pair, '=');
        if (std::find(knownParameters.begin(), knownParameters.end(), name) == knownParameters.end())
            throw HistoryError(fmt::format("the history URL has a parameter `{}`; known are {}", name,
                                           fmt::join(knownParameters, ", ")));
        (name == "host" ? target.host : target.parameters[name]) = decoded(value, name.c_str());
        rest = std::move(more);
    }
}

void readHost(const std::string& text, HistoryTarget& target)
{
    const auto bracket = text.find(']');
    if (text.starts_with('[') && bracket != std::string::npos)
    {
        target.host = text.substr(1, bracket - 1);
        target.port = cut(text.substr(bracket), ':').second;
    }
    else
    {
        const auto [host, port] = cut(text, ':');
        target.host = decoded(host, "host");
        target.port = port;
    }
    if (!std::all_of(target.port.begin(), target.port.end(), [](char c) { return c >= '0' && c <= '9'; }))
        throw HistoryError("the port in the history URL is no number");
}

HistoryTarget postgresql(const std::string& rest)
{
    HistoryTarget target;
    target.kind = HistoryTarget::Kind::postgresql;
    const auto [address, query] = cut(rest, '?');
    const auto [authority, database] = cut(address, '/');
    // A password may hold an @ that nobody encoded; a host never does.
    const auto at = authority.rfind('@');
    if (at != std::string::npos)
    {
        const auto [user, password] = cut(authority.substr(0, at), ':');
        target.user = decoded(user, "user");
        target.password = decoded(password, "password");
    }
    readHost(at == std::string::npos ? authority : authority.substr(at + 1), target);
    target.database = decoded(database, "database");
    readParameters(query, target);
    return target;
}

HistoryTarget sqlite(const std::filesystem::path& file)
{
    HistoryTarget target;
    target.kind = HistoryTarget::Kind::sqlite;
    target.file = std::filesystem::absolute(file).lexically_normal();
    return target;
}

}

HistoryTarget parseHistoryTarget(const std::string& text)
{
    if (text == "none")
        return {};
    const auto scheme = text.find("://");
    if (text.empty())
        throw HistoryError("history needs a place: none, a file, sqlite:///FILE or postgresql://HOST/DATABASE");
    if (scheme == std::string::npos)
        return sqlite(text);
    const auto name = text.substr(0, scheme);
    const auto rest = text.substr(scheme + 3);
    if (name == "postgresql" || name == "postgres")
        return postgresql(rest);
    if (name != "sqlite")
        throw HistoryError(fmt::format("history cannot be kept in {}://; known are sqlite and postgresql", name));
    if (!rest.starts_with('/') || rest.size() < 2)
        throw HistoryError("a SQLite history is written as sqlite:///PATH, with an absolute path");
    std::string path;
    try
    {
        Poco::URI::decode(rest, path);
    }
    catch (const Poco::Exception&)
    {
        throw HistoryError("the path in the history URL is not percent-encoded right");
    }
    return sqlite(path);
}

std::string HistoryTarget::shown() const
{
    if (kind == Kind::none)
        return "none";
    if (kind == Kind::sqlite)
        return file.string();
    auto out = fmt::format("postgresql://{}{}{}{}{}/{}", user, user.empty() ? "" : "@", host, port.empty() ? "" : ":",
                           port, database);
    // Tables may differ by the schema that is looked at first.
    if (const auto options = parameters.find("options"); options != parameters.end())
        out += "?options=" + options->second;
    return out;
}

}
