#include "http_message.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <sys/socket.h>
#include <unistd.h>

namespace mcpecho
{
namespace
{
constexpr size_t maxMessage = 8 << 20;

std::string lower(std::string text)
{
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text;
}

std::string trim(const std::string& text)
{
    const size_t first = text.find_first_not_of(" \t");
    if (first == std::string::npos)
        return "";
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

const char* reason(int status)
{
    switch (status)
    {
    case 200:
        return "OK";
    case 202:
        return "Accepted";
    case 400:
        return "Bad Request";
    case 401:
        return "Unauthorized";
    case 403:
        return "Forbidden";
    case 404:
        return "Not Found";
    case 405:
        return "Method Not Allowed";
    default:
        return "Status";
    }
}
}

std::optional<std::string> HttpRequest::header(const std::string& lowerName) const
{
    const auto found = headers.find(lowerName);
    if (found == headers.end())
        return std::nullopt;
    return found->second;
}

HttpConnection::~HttpConnection()
{
    close(fd_);
}

bool HttpConnection::fill()
{
    char chunk[16384];
    const ssize_t count = recv(fd_, chunk, sizeof chunk, 0);
    if (count <= 0 || buffer_.size() > maxMessage)
        return false;
    buffer_.append(chunk, static_cast<size_t>(count));
    return true;
}

std::optional<std::string> HttpConnection::line()
{
    size_t end = 0;
    while ((end = buffer_.find('\n')) == std::string::npos)
        if (!fill())
            return std::nullopt;
    std::string text = buffer_.substr(0, end);
    buffer_.erase(0, end + 1);
    if (!text.empty() && text.back() == '\r')
        text.pop_back();
    return text;
}

bool HttpConnection::take(size_t count, std::string& into)
{
    if (count > maxMessage || into.size() > maxMessage)
        return false;
    while (buffer_.size() < count)
        if (!fill())
            return false;
    into.append(buffer_, 0, count);
    buffer_.erase(0, count);
    return true;
}

bool HttpConnection::readBody(HttpRequest& request)
{
    if (lower(request.header("transfer-encoding").value_or("")) != "chunked")
        return take(std::strtoul(request.header("content-length").value_or("0").c_str(), nullptr, 10), request.body);
    for (;;)
    {
        const auto size = line();
        if (!size)
            return false;
        const size_t count = std::strtoul(size->c_str(), nullptr, 16);
        if (!take(count, request.body) || !line())
            return false;
        if (count == 0)
            return true;
    }
}

std::optional<HttpRequest> HttpConnection::read()
{
    const auto start = line();
    if (!start)
        return std::nullopt;
    const size_t first = start->find(' ');
    const size_t second = start->find(' ', first + 1);
    if (first == std::string::npos || second == std::string::npos)
        return std::nullopt;
    HttpRequest request;
    request.method = start->substr(0, first);
    request.path = start->substr(first + 1, second - first - 1);
    request.path.resize(std::min(request.path.size(), request.path.find('?')));
    for (;;)
    {
        const auto header = line();
        if (!header)
            return std::nullopt;
        if (header->empty())
            break;
        const size_t colon = header->find(':');
        if (colon != std::string::npos)
            request.headers[lower(header->substr(0, colon))] = trim(header->substr(colon + 1));
    }
    const std::string connection = lower(request.header("connection").value_or(""));
    request.keepAlive = start->substr(second + 1) == "HTTP/1.1" ? connection != "close" : connection == "keep-alive";
    if (lower(request.header("expect").value_or("")) == "100-continue" && !write({100, {}, ""}, true))
        return std::nullopt;
    if (!readBody(request))
        return std::nullopt;
    return request;
}

bool HttpConnection::write(const HttpResponse& response, bool keepAlive)
{
    std::string text = "HTTP/1.1 " + std::to_string(response.status) + " " + reason(response.status) + "\r\n";
    if (response.status >= 200)
    {
        text += "Content-Length: " + std::to_string(response.body.size()) + "\r\n";
        text += keepAlive ? "Connection: keep-alive\r\n" : "Connection: close\r\n";
    }
    for (const auto& [name, value] : response.headers)
        text += name + ": " + value + "\r\n";
    text += "\r\n" + response.body;
    for (size_t sent = 0; sent < text.size();)
    {
        const ssize_t count = send(fd_, text.data() + sent, text.size() - sent, MSG_NOSIGNAL);
        if (count <= 0)
            return false;
        sent += static_cast<size_t>(count);
    }
    return true;
}
}
