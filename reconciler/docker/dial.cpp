#include "docker/dial.h"

#include "docker/channels.h"
#include "docker/names.h"
#include "docker/relay_image.h"
#include "docker/translate_error.h"

#include <Poco/JSON/Array.h>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <thread>

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

namespace mcpctl::docker
{

namespace
{

using Kind = OrchestratorError::Kind;
using namespace std::chrono_literals;

constexpr auto connectWithin = 5s;

struct Target
{
    std::int64_t pid = 0;
    std::string address; ///< by which its peers know it; the loopback where it has none
};

Target targetOf(const EngineReader& reader, const std::string& id, const std::string& what)
{
    const auto found = reader.inspect(id);
    if (!found)
        throw OrchestratorError(Kind::notFound, what + ": it is gone");
    Target target{found->json["State"]["Pid"].number(), "127.0.0.1"};
    if (target.pid == 0)
        throw OrchestratorError(Kind::unreachable, what + ": it does not run");
    for (const auto& [name, network] : found->json["NetworkSettings"]["Networks"].members())
        for (const auto* key : {"IPAddress", "GlobalIPv6Address"})
            if (const auto address = network[key].text(); !address.empty())
            {
                target.address = address;
                return target;
            }
    return target;
}

class Descriptor
{
public:
    explicit Descriptor(int fd) : fd_(fd) {}
    ~Descriptor()
    {
        if (fd_ >= 0)
            ::close(fd_);
    }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    int get() const { return fd_; }

private:
    const int fd_;
};

/// The network namespace of the container's process, or -1 where that process is not seen here: another host, another
/// pid namespace, or no rights. A number alone could be any process, so its cgroups have to name the container.
int networkOf(const Target& target, const std::string& id)
{
    const auto process = fmt::format("/proc/{}", target.pid);
    std::ifstream file(process + "/cgroup");
    const std::string cgroups((std::istreambuf_iterator<char>(file)), {});
    if (cgroups.find(id) == std::string::npos)
        return -1;
    return ::open((process + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC);
}

/// Nothing where the namespace cannot be entered. A socket belongs to the namespace in which it was made, so only the
/// making needs a thread in there, and the thread ends with it.
std::unique_ptr<Duplex> dialHere(int network, const Target& target, std::uint16_t port, const std::string& what)
{
    std::unique_ptr<Duplex> duplex;
    std::exception_ptr error;
    std::thread(
        [&]
        {
            if (::setns(network, CLONE_NEWNET) != 0)
                return;
            try
            {
                const auto guard = std::make_shared<SocketGuard>(std::make_shared<Traffic>());
                const Endpoint endpoint{.scheme = Endpoint::Scheme::tcp, .host = target.address, .port = port};
                duplex = std::make_unique<Duplex>(connectGuarded(endpoint, {}, connectWithin, guard), guard, what);
            }
            catch (...)
            {
                error = std::current_exception();
            }
        })
        .join();
    if (error)
        try
        {
            std::rethrow_exception(error);
        }
        catch (const Poco::Exception& refused)
        {
            throw OrchestratorError(Kind::unreachable, fmt::format("{}: {}", what, refused.displayText()));
        }
    return duplex;
}

Poco::JSON::Object relayBody(const std::string& image, const std::string& id, const Target& target, std::uint16_t port)
{
    const auto list = [](std::initializer_list<std::string> items)
    {
        Poco::JSON::Array::Ptr out = new Poco::JSON::Array;
        for (const auto& item : items)
            out->add(item);
        return out;
    };
    constexpr std::int64_t memory = 16LL * 1024 * 1024;
    Poco::JSON::Object::Ptr log = new Poco::JSON::Object;
    log->set("Type", "none");
    Poco::JSON::Object::Ptr host = new Poco::JSON::Object;
    host->set("NetworkMode", "container:" + id);
    host->set("AutoRemove", true);
    host->set("ReadonlyRootfs", true);
    host->set("CapDrop", list({"ALL"}));
    host->set("SecurityOpt", list({"no-new-privileges"}));
    host->set("Memory", memory);
    host->set("MemorySwap", memory);
    host->set("PidsLimit", 8);
    host->set("LogConfig", log);
    Poco::JSON::Object::Ptr labels = new Poco::JSON::Object;
    labels->set("mcpctl.relay", id);
    Poco::JSON::Object body;
    body.set("Image", image);
    body.set("Cmd", list({target.address, std::to_string(port)}));
    body.set("OpenStdin", true);
    body.set("StdinOnce", true);
    for (const auto* stream : {"AttachStdin", "AttachStdout", "AttachStderr"})
        body.set(stream, true);
    body.set("Labels", labels);
    body.set("HostConfig", host);
    return body;
}

std::string nameOfDial(const std::string& id, std::uint16_t port)
{
    return fmt::format("connect to port {} of container {}", port, shortId(id));
}

/// What a relay says on stderr ends the connection with those words.
class RelayChannel final : public Channel
{
public:
    RelayChannel(std::unique_ptr<Channel> stdio, std::string what) : stdio_(std::move(stdio)), what_(std::move(what)) {}

    Reading read(Deadline deadline) override
    {
        auto reading = stdio_->read(deadline);
        if (reading.what == Reading::What::bytes && reading.stream == LogStream::err)
            throw OrchestratorError(Kind::unreachable, fmt::format("{}: {}", what_, reading.bytes));
        return reading;
    }
    void write(std::string_view bytes, Deadline deadline) override { stdio_->write(bytes, deadline); }
    void closeWrite() override { stdio_->closeWrite(); }
    std::optional<int> exitCode(Deadline) override { return std::nullopt; }
    void cancel() noexcept override { stdio_->cancel(); }

private:
    const std::unique_ptr<Channel> stdio_;
    const std::string what_;
};

}

std::unique_ptr<Channel> dialInto(const std::shared_ptr<Client>& client, const EngineReader& reader,
                                  const std::string& id, std::uint16_t port)
{
    const auto what = nameOfDial(id, port);
    if (client->endpoint().isOnThisHost())
    {
        const auto target = targetOf(reader, id, what);
        if (const Descriptor network(networkOf(target, id)); network.get() >= 0)
            if (auto duplex = dialHere(network.get(), target, port, what))
                return std::make_unique<PortChannel>(std::move(duplex));
    }
    return dialByRelay(client, reader, id, port);
}

std::unique_ptr<Channel> dialByRelay(const std::shared_ptr<Client>& client, const EngineReader& reader,
                                     const std::string& id, std::uint16_t port)
{
    const auto what = nameOfDial(id, port);
    const auto target = targetOf(reader, id, what);
    return translated(
        [&]() -> std::unique_ptr<Channel>
        {
            const auto body = Body::json(relayBody(ensureRelayImage(*client), id, target, port));
            const auto made = client->postJson({.path = "/containers/create", .what = what}, body);
            const auto relay = made.required("Id").text();
            try
            {
                auto stdio = attachTo(client, relay);
                client->post({.path = "/containers/" + relay + "/start", .what = what});
                return std::make_unique<RelayChannel>(std::move(stdio), what);
            }
            catch (...)
            {
                client->del(
                    {.path = "/containers/" + relay, .query = {{"force", "1"}}, .what = what, .accept = {404, 409}});
                throw;
            }
        });
}

}
