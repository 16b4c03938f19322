#pragma once

#include "app/http_api.h"
#include "support/history_bed.h"
#include "support/temporary_folder.h"

#include <Poco/Net/StreamSocket.h>

#include <atomic>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

namespace mcpctl::test
{

/// An answer as it came over the wire.
struct Answered
{
    int status = 0;                             ///< 0: the connection was closed without one
    std::map<std::string, std::string> headers; ///< names in lower case
    std::string body;
};

/// One connection to a port of this host, to say any bytes over.
class RawClient
{
public:
    explicit RawClient(std::uint16_t port, const std::string& host = "127.0.0.1");

    void send(const std::string& text);
    /// What comes until it contains `text`, or the end, or the time is over.
    std::string readUntil(const std::string& text, std::chrono::milliseconds within = std::chrono::seconds(10));
    /// All of it, until the server closes.
    Answered answer(std::chrono::milliseconds within = std::chrono::seconds(10));
    bool closedWithin(std::chrono::milliseconds within);
    Poco::Net::StreamSocket& socket() { return socket_; }

private:
    Poco::Net::StreamSocket socket_;
};

using Headers = std::map<std::string, std::string>;

Answered ask(std::uint16_t port, const std::string& method, const std::string& path, const Headers& headers = {});

/// A daemon's state, made by hand: two instances, of which one is to be changed and one is left alone, errors in
/// manifests, and a secret wherever a state could hold one.
DaemonState sampleState();

/// What an HttpApi tells of, with a real history.
struct DaemonBed
{
    DaemonBed();

    HttpSources sources();
    std::filesystem::path token(const std::string& text, int mode = 0600) const;
    void change(const std::function<void(DaemonState&)>& change);

    HistoryBed history;
    std::shared_ptr<const DaemonState> state;
    Metrics metrics;
    EventHub events;
    std::atomic<int> reconciles = 0;
    std::atomic<bool> alive = true;
    std::atomic<bool> historyAway = false;
    std::string runId;
};

}
