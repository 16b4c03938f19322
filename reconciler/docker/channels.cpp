#include "docker/channels.h"

#include "docker/names.h"
#include "docker/translate_error.h"

#include <Poco/JSON/Array.h>

#include <fmt/format.h>

#include <future>
#include <thread>

namespace mcpctl::docker
{

namespace
{

using What = Channel::Reading::What;

/// Asks the engine for the end of the process that runs now, from construction on.
class ExitWaiter
{
public:
    ExitWaiter(const std::shared_ptr<Client>& client, const std::string& id)
        : thread_([this, client, id](const std::stop_token& stop) { wait(*client, id, stop); })
    {
        opened_.get_future().get();
    }

    std::optional<int> code(Channel::Deadline deadline)
    {
        if (deadline && code_.wait_until(*deadline) != std::future_status::ready)
            return std::nullopt;
        return code_.get();
    }

private:
    void wait(Client& client, const std::string& id, const std::stop_token& stop)
    {
        std::optional<int> code;
        bool open = false;
        try
        {
            StreamOptions options;
            options.onOpen = [&](const Response&)
            {
                open = true;
                opened_.set_value();
            };
            options.sink = [&code](std::string_view line)
            {
                const auto json = parseJson(line, "wait for the end");
                code = static_cast<int>(json["StatusCode"].number());
                return false;
            };
            client.postStream({.path = "/containers/" + id + "/wait",
                               .query = {{"condition", "next-exit"}},
                               .what = "wait for the end of container " + shortId(id)},
                              {}, options, stop);
        }
        catch (const std::exception&)
        {
            // After the start: the exit code cannot be told, and the connection itself shows why.
            if (!open)
                return opened_.set_exception(std::current_exception());
        }
        promise_.set_value(code);
    }

    std::promise<void> opened_;
    std::promise<std::optional<int>> promise_;
    std::shared_future<std::optional<int>> code_ = promise_.get_future().share();
    std::jthread thread_; ///< last: it uses all of the above
};

}

StdioChannel::StdioChannel(std::unique_ptr<Duplex> duplex, ExitCode exit)
    : duplex_(std::move(duplex)), exit_(std::move(exit)), collect_(
                                                              [this](LogStream stream, std::string_view bytes, bool)
                                                              {
                                                                  pieces_.push_back({What::bytes, stream, bytes});
                                                                  return true;
                                                              }),
      frames_(collect_)
{
}

Channel::Reading StdioChannel::read(Deadline deadline)
{
    while (next_ == pieces_.size())
    {
        pieces_.clear();
        next_ = 0;
        const auto reading = translated([&] { return duplex_->read(deadline); });
        if (reading.what == What::end && !frames_.atBoundary())
            throw OrchestratorError(OrchestratorError::Kind::unreachable,
                                    "the connection to the engine was lost within a message");
        if (reading.what != What::bytes)
            return reading;
        frames_.feed(reading.bytes);
    }
    return pieces_[next_++];
}

void StdioChannel::write(std::string_view bytes, Deadline deadline)
{
    translated([&] { duplex_->write(bytes, deadline); });
}

void StdioChannel::closeWrite()
{
    translated([&] { duplex_->closeWrite(); });
}

std::optional<int> StdioChannel::exitCode(Deadline deadline)
{
    return translated([&] { return exit_(deadline); });
}

Channel::Reading PortChannel::read(Deadline deadline)
{
    return translated([&] { return duplex_->read(deadline); });
}

void PortChannel::write(std::string_view bytes, Deadline deadline)
{
    translated([&] { duplex_->write(bytes, deadline); });
}

void PortChannel::closeWrite()
{
    translated([&] { duplex_->closeWrite(); });
}

std::unique_ptr<Channel> attachTo(const std::shared_ptr<Client>& client, const std::string& id)
{
    return translated(
        [&]() -> std::unique_ptr<Channel>
        {
            const auto waiter = std::make_shared<ExitWaiter>(client, id);
            auto duplex = client->hijack({.path = "/containers/" + id + "/attach",
                                          .query = {{"stream", "1"}, {"stdin", "1"}, {"stdout", "1"}, {"stderr", "1"}},
                                          .what = "attach to container " + shortId(id)});
            return std::make_unique<StdioChannel>(std::move(duplex), [waiter](Channel::Deadline deadline)
                                                  { return waiter->code(deadline); });
        });
}

std::unique_ptr<Channel> execBeside(const std::shared_ptr<Client>& client, const EngineReader& reader,
                                    const std::string& id)
{
    const std::string what = "run the command of container " + shortId(id) + " beside it";
    const auto found = reader.inspect(id);
    if (!found)
        throw OrchestratorError(OrchestratorError::Kind::notFound, fmt::format("{}: it is gone", what));
    Poco::JSON::Array::Ptr command = new Poco::JSON::Array;
    command->add(found->json.required("Path").text());
    for (const auto& argument : found->json["Args"].texts())
        command->add(argument);
    Poco::JSON::Object exec;
    for (const auto* stream : {"AttachStdin", "AttachStdout", "AttachStderr"})
        exec.set(stream, true);
    exec.set("Cmd", command);
    exec.set("User", found->json["Config"]["User"].text());
    exec.set("WorkingDir", found->json["Config"]["WorkingDir"].text());
    return translated(
        [&]() -> std::unique_ptr<Channel>
        {
            const auto made = client->postJson({.path = "/containers/" + id + "/exec", .what = what}, Body::json(exec));
            const auto execId = made.required("Id").text();
            Poco::JSON::Object start;
            start.set("Detach", false);
            start.set("Tty", false);
            auto duplex = client->hijack({.path = "/exec/" + execId + "/start", .what = what}, Body::json(start));
            const auto exitCode = [client, execId, what](Channel::Deadline) -> std::optional<int>
            {
                const auto json = client->getJson({.path = "/exec/" + execId + "/json", .what = what});
                if (json["Running"].flag() || !json["ExitCode"].present())
                    return std::nullopt;
                return static_cast<int>(json["ExitCode"].number());
            };
            return std::make_unique<StdioChannel>(std::move(duplex), exitCode);
        });
}

}
