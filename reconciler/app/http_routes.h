#pragma once

#include "app/http_access.h"
#include "app/http_answer.h"
#include "app/http_api.h"

#include <Poco/Net/HTTPRequest.h>

#include <functional>
#include <memory>
#include <string>

namespace mcpctl
{

/// The whole state as JSON, made once for each state: of hundreds of instances that takes longer than all else.
/// One thread at a time.
class StatusText
{
public:
    const std::string& of(const std::shared_ptr<const DaemonState>& state);

private:
    std::shared_ptr<const DaemonState> state_;
    std::string text_;
};

/// Answers one request to the daemon, by the table of paths. `waker` makes what a stream calls when it has something
/// to send.
HttpAnswer answerTo(const Poco::Net::HTTPRequest& request, const HttpAccess& access, const HttpSources& sources,
                    StatusText& statusText, const std::function<std::function<void()>()>& waker);

}
