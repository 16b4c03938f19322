#include "app/http_api.h"

#include "app/http_access.h"
#include "app/http_routes.h"
#include "app/http_server.h"
#include "app/pipeline.h"

#include <Poco/Exception.h>
#include <fmt/format.h>

namespace mcpctl
{

namespace
{

Poco::Net::SocketAddress addressOf(const std::string& listen)
try
{
    if (listen.find(':') == std::string::npos || listen.starts_with('/'))
        throw Poco::SyntaxException("no HOST:PORT");
    return Poco::Net::SocketAddress(listen);
}
catch (const Poco::Exception& error)
{
    throw UsageError(fmt::format("--listen {} is no address, as 127.0.0.1:3000: {}", listen, error.displayText()));
}

}

struct HttpApi::Parts
{
    Parts(const Poco::Net::SocketAddress& at, const std::optional<std::filesystem::path>& tokenFile, HttpSources given)
        : host(at.host()), access(at, tokenFile), sources(std::move(given)),
          server(
              at, [this](const Poco::Net::HTTPRequest& request) { return answer(request); }, HttpServer::Limits{})
    {
    }

    HttpAnswer answer(const Poco::Net::HTTPRequest& request)
    {
        return answerTo(request, access, sources, statusText, [this] { return server.waker(); });
    }

    const Poco::Net::IPAddress host;
    const HttpAccess access;
    const HttpSources sources;
    StatusText statusText; ///< for the server's thread
    HttpServer server;     ///< last: its thread uses the others
};

HttpApi::HttpApi(const std::string& listen, const std::optional<std::filesystem::path>& tokenFile, HttpSources sources)
    : parts_(std::make_unique<Parts>(addressOf(listen), tokenFile, std::move(sources)))
{
}

HttpApi::~HttpApi() = default;

std::uint16_t HttpApi::port() const
{
    return parts_->server.port();
}

std::string HttpApi::address() const
{
    return Poco::Net::SocketAddress(parts_->host, port()).toString();
}

}
