#pragma once

#include <map>
#include <optional>
#include <string>

/// Just enough HTTP/1.1: requests with Content-Length or chunked bodies, connections kept open.
namespace mcpecho
{
struct HttpRequest
{
    std::string method;
    std::string path;                           ///< without the query
    std::map<std::string, std::string> headers; ///< names in lower case
    std::string body;
    bool keepAlive = true;

    std::optional<std::string> header(const std::string& lowerName) const;
};

struct HttpResponse
{
    int status = 200;
    std::map<std::string, std::string> headers;
    std::string body;
};

/// Reads and writes one connection, which it owns.
class HttpConnection
{
public:
    explicit HttpConnection(int fd) : fd_(fd) {}
    ~HttpConnection();
    HttpConnection(const HttpConnection&) = delete;
    HttpConnection& operator=(const HttpConnection&) = delete;

    /// Nothing when the peer has closed, is silent for too long or does not speak HTTP.
    std::optional<HttpRequest> read();
    bool write(const HttpResponse& response, bool keepAlive);

private:
    bool fill();
    std::optional<std::string> line();
    bool take(size_t count, std::string& into);
    bool readBody(HttpRequest& request);

    int fd_;
    std::string buffer_;
};
}
