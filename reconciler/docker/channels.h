#pragma once

#include "docker/client.h"
#include "docker/duplex.h"
#include "docker/engine_reader.h"
#include "docker/log_frames.h"
#include "orchestrator/channel.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace mcpctl::docker
{

/// The stdio of a process: the engine sends both of its output streams in frames over one connection.
class StdioChannel final : public Channel
{
public:
    using ExitCode = std::function<std::optional<int>(Deadline)>;

    StdioChannel(std::unique_ptr<Duplex> duplex, ExitCode exit);

    Reading read(Deadline deadline) override;
    void write(std::string_view bytes, Deadline deadline) override;
    void closeWrite() override;
    std::optional<int> exitCode(Deadline deadline) override;
    void cancel() noexcept override { duplex_->cancel(); }

private:
    const std::unique_ptr<Duplex> duplex_;
    const ExitCode exit_;
    std::vector<Reading> pieces_{}; ///< of what was read last
    std::size_t next_ = 0;
    const FrameSink collect_;
    LogFrames frames_;
};

/// A TCP connection to a port of a container.
class PortChannel final : public Channel
{
public:
    explicit PortChannel(std::unique_ptr<Duplex> duplex) : duplex_(std::move(duplex)) {}

    Reading read(Deadline deadline) override;
    void write(std::string_view bytes, Deadline deadline) override;
    void closeWrite() override;
    std::optional<int> exitCode(Deadline) override { return std::nullopt; }
    void cancel() noexcept override { duplex_->cancel(); }

private:
    const std::unique_ptr<Duplex> duplex_;
};

/// The seam's attach(). The engine is asked to tell the exit code before the connection is made.
std::unique_ptr<Channel> attachTo(const std::shared_ptr<Client>& client, const std::string& id);

/// The seam's runBeside(): an exec of the container's own command.
std::unique_ptr<Channel> execBeside(const std::shared_ptr<Client>& client, const EngineReader& reader,
                                    const std::string& id);

}
