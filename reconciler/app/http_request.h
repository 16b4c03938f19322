#pragma once

#include "app/http_answer.h"

#include <Poco/Net/HTTPRequest.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace mcpctl
{

/// What a client has sent so far: a whole request (its body is looked over, nothing here takes one), what is wrong with
/// it, or, with neither, a beginning.
struct HttpReading
{
    std::shared_ptr<const Poco::Net::HTTPRequest> request;
    std::optional<HttpAnswer> refusal;
};

/// `most`: bytes that a request may have, with its body.
HttpReading readRequest(const std::string& received, std::size_t most);

}
