#pragma once

#include "docker/guarded_socket.h"
#include "orchestrator/channel.h"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace mcpctl::docker
{

/// A connection that carries plain bytes in both directions: one to the engine that stopped being HTTP ("hijacked":
/// attach, exec), or one to a port of a container.
///
/// Thread-safety: as Channel's. Throws EngineError.
class Duplex
{
public:
    using Deadline = Channel::Deadline;

    using Reading = Channel::Reading;

    /// `early`: bytes that were read already; `name` opens error texts.
    Duplex(const Poco::Net::StreamSocket& socket, std::shared_ptr<SocketGuard> guard, std::string name,
           std::string early = {});
    Duplex(const Duplex&) = delete;
    Duplex& operator=(const Duplex&) = delete;

    Reading read(Deadline deadline);
    void write(std::string_view bytes, Deadline deadline);
    /// TLS has no half-close that all engines understand, so there it says close_notify and keeps reading.
    void closeWrite();
    void cancel() noexcept { guard_->cancel(); }

private:
    /// Waits for `events` of poll(2). False: the deadline came.
    bool await(short events, Deadline deadline);
    int receive(char* buffer, int length);
    int send(const char* bytes, int length);
    [[noreturn]] void lost(const std::string& why) const;

    Poco::Net::StreamSocket socket_;
    const std::shared_ptr<SocketGuard> guard_;
    const bool tls_;
    const std::string name_;
    std::mutex tlsMutex_; ///< held for each step of OpenSSL, never while waiting
    std::string buffer_;  ///< the reader's
    std::string early_;   ///< arrived with the header
};

}
