#include "app/http_access.h"

#include "app/pipeline.h"
#include "app/secrets.h"
#include "model/hash.h"

#include <Poco/Net/IPAddress.h>
#include <Poco/String.h>
#include <fmt/format.h>

#include <algorithm>

namespace mcpctl
{

namespace
{

using Poco::Net::HTTPRequest;

std::string readToken(const std::filesystem::path& file)
try
{
    const auto token = readSecretFile(file);
    if (!token)
        throw UsageError(fmt::format("token file {} is not there", file.string()));
    const bool printable =
        std::all_of(token->begin(), token->end(), [](unsigned char c) { return c > 0x20 && c < 0x7f; });
    if (token->empty() || !printable)
        throw UsageError(fmt::format("token file {}: a token is one line of printable ASCII", file.string()));
    return *token;
}
catch (const UsageError&)
{
    throw;
}
catch (const std::runtime_error& error)
{
    throw UsageError(fmt::format("the token cannot be used: {}", error.what()));
}

/// In a time that does not tell where they differ. Both are hashes, so of one length.
bool same(const std::string& a, const std::string& b)
{
    unsigned char difference = a.size() == b.size() ? 0 : 1;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        difference |= static_cast<unsigned char>(a[i] ^ b[i]);
    return difference == 0;
}

std::string bearerOf(const HTTPRequest& request)
{
    constexpr std::string_view scheme = "bearer ";
    const std::string text = request.get(HTTPRequest::AUTHORIZATION, ""); // a copy: what is returned may be the default
    return Poco::icompare(text.substr(0, scheme.size()), std::string(scheme)) == 0 ? text.substr(scheme.size()) : "";
}

/// `localhost:3000`, `127.0.0.1`, `[::1]:3000`.
bool namesLoopback(const std::string& host)
{
    auto name = host;
    if (name.starts_with('['))
        name = name.substr(1, name.find(']') - 1);
    else
        name = name.substr(0, name.find(':'));
    Poco::Net::IPAddress address;
    return Poco::icompare(name, "localhost") == 0 ||
           (Poco::Net::IPAddress::tryParse(name, address) && address.isLoopback());
}

}

HttpAccess::HttpAccess(const Poco::Net::SocketAddress& address, const std::optional<std::filesystem::path>& tokenFile)
    : loopback_(address.host().isLoopback())
{
    if (tokenFile)
        tokenHash_ = sha256Hex(readToken(*tokenFile));
    else if (!loopback_)
        throw UsageError(
            fmt::format("{} can be reached by others, so give a token: --token-file FILE", address.toString()));
}

std::optional<HttpAnswer> HttpAccess::refusal(const HTTPRequest& request, bool open) const
{
    if (loopback_ && !namesLoopback(request.get(HTTPRequest::HOST, "")))
        return errorAnswer(403, "wrong_host", "the Host header must name localhost, 127.0.0.1 or [::1]");
    if (!open && !tokenHash_.empty() && !same(sha256Hex(bearerOf(request)), tokenHash_))
    {
        auto answer = errorAnswer(401, "unauthorized", "send the token: `Authorization: Bearer TOKEN`");
        answer.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"mcpctl\"");
        return answer;
    }
    const bool changes = request.getMethod() != HTTPRequest::HTTP_GET && request.getMethod() != HTTPRequest::HTTP_HEAD;
    if (changes && tokenHash_.empty() && !request.has("X-Requested-With"))
        return errorAnswer(403, "header_needed", "send a header `X-Requested-With`, with any value");
    return std::nullopt;
}

}
