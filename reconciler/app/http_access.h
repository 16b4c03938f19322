#pragma once

#include "app/http_answer.h"

#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/SocketAddress.h>

#include <filesystem>
#include <optional>
#include <string>

namespace mcpctl
{

/// Who may ask the daemon what.
///
/// On an address that others reach, and wherever there is a token, all but open paths want `Authorization: Bearer
/// TOKEN`. On loopback without a token whoever is on this host may ask, except for what a browser sends on behalf of
/// a page: there `Host` must name loopback (a page whose name was made to lead here says its own), and what changes
/// something needs a header that no page can send without being allowed to, and nobody is.
class HttpAccess
{
public:
    /// Throws UsageError: no token for an address that is not loopback, or a token file that is missing, empty or
    /// readable by others.
    HttpAccess(const Poco::Net::SocketAddress& address, const std::optional<std::filesystem::path>& tokenFile);

    /// Why this request is not answered; nothing: it is. `open`: no token is wanted for its path.
    std::optional<HttpAnswer> refusal(const Poco::Net::HTTPRequest& request, bool open) const;

private:
    const bool loopback_;
    std::string tokenHash_; ///< empty: there is no token
};

}
