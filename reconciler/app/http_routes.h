#pragma once

#include "app/http_access.h"
#include "app/http_answer.h"
#include "app/http_api.h"

#include <Poco/Net/HTTPRequest.h>

#include <functional>

namespace mcpctl
{

/// Answers one request to the daemon, by the table of paths. `waker` makes what a stream calls when it has something
/// to send.
HttpAnswer answerTo(const Poco::Net::HTTPRequest& request, const HttpAccess& access, const HttpSources& sources,
                    const std::function<std::function<void()>()>& waker);

}
