#include "app/http_answer.h"

#include "app/json.h"
#include "model/utf8.h"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Timestamp.h>
#include <fmt/format.h>

namespace mcpctl
{

HttpAnswer jsonAnswer(const Poco::JSON::Object::Ptr& document, int status)
{
    HttpAnswer out;
    out.status = status;
    out.body = validUtf8(jsonText(*document)) + "\n";
    return out;
}

HttpAnswer errorAnswer(int status, std::string_view code, std::string_view message)
{
    auto error = jsonObject();
    error->set("code", std::string(code));
    error->set("message", std::string(message));
    auto out = jsonObject();
    out->set("error", error);
    return jsonAnswer(out, status);
}

std::string wireText(const HttpAnswer& answer, bool onlyHeader)
{
    using Poco::Net::HTTPResponse;
    auto out =
        fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Type: {}\r\n", answer.status,
                    HTTPResponse::getReasonForStatus(static_cast<HTTPResponse::HTTPStatus>(answer.status)),
                    Poco::DateTimeFormatter::format(Poco::Timestamp(), Poco::DateTimeFormat::HTTP_FORMAT), answer.type);
    if (!answer.stream)
        out += fmt::format("Content-Length: {}\r\n", answer.body.size());
    for (const auto& [name, value] : answer.headers)
        out += fmt::format("{}: {}\r\n", name, value);
    out += "Connection: close\r\nCache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n"
           "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n\r\n";
    return onlyHeader ? out : out + answer.body;
}

}
