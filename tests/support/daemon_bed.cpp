#include "support/daemon_bed.h"

#include "model/timestamp.h"

#include <Poco/Exception.h>
#include <Poco/String.h>
#include <fmt/format.h>

#include <array>
#include <sstream>

#include <sys/stat.h>

namespace mcpctl::test
{

using Clock = std::chrono::steady_clock;

RawClient::RawClient(std::uint16_t port, const std::string& host) : socket_(Poco::Net::SocketAddress(host, port)) {}

void RawClient::send(const std::string& text)
{
    std::size_t done = 0;
    while (done < text.size())
        done += static_cast<std::size_t>(socket_.sendBytes(text.data() + done, static_cast<int>(text.size() - done)));
}

std::string RawClient::readUntil(const std::string& text, std::chrono::milliseconds within)
{
    std::string out;
    const auto until = Clock::now() + within;
    std::array<char, 4096> buffer{};
    while (out.find(text) == std::string::npos || text.empty())
    {
        const auto left = std::chrono::duration_cast<std::chrono::microseconds>(until - Clock::now());
        if (left.count() <= 0 || !socket_.poll(Poco::Timespan(left.count()), Poco::Net::Socket::SELECT_READ))
            break;
        const int count = socket_.receiveBytes(buffer.data(), static_cast<int>(buffer.size()));
        if (count <= 0)
            break;
        out.append(buffer.data(), static_cast<std::size_t>(count));
    }
    return out;
}

Answered RawClient::answer(std::chrono::milliseconds within)
{
    const auto text = readUntil("", within);
    Answered out;
    const auto end = text.find("\r\n\r\n");
    if (end == std::string::npos)
        return out;
    std::istringstream header(text.substr(0, end + 2));
    std::string line;
    std::getline(header, line);
    out.status = std::stoi(line.substr(line.find(' ') + 1));
    while (std::getline(header, line))
        if (const auto colon = line.find(": "); colon != std::string::npos)
            out.headers[Poco::toLower(line.substr(0, colon))] = line.substr(colon + 2, line.size() - colon - 3);
    out.body = text.substr(end + 4);
    return out;
}

bool RawClient::closedWithin(std::chrono::milliseconds within)
try
{
    const auto until = Clock::now() + within;
    std::array<char, 4096> buffer{};
    while (Clock::now() < until)
        if (socket_.poll(Poco::Timespan(10'000), Poco::Net::Socket::SELECT_READ) &&
            socket_.receiveBytes(buffer.data(), static_cast<int>(buffer.size())) == 0)
            return true;
    return false;
}
catch (const Poco::Exception&)
{
    return true; // reset
}

Answered ask(std::uint16_t port, const std::string& method, const std::string& path, const Headers& headers)
{
    RawClient client(port);
    auto text = fmt::format("{} {} HTTP/1.1\r\n", method, path);
    if (headers.count("Host") == 0)
        text += fmt::format("Host: 127.0.0.1:{}\r\n", port);
    for (const auto& [name, value] : headers)
        text += fmt::format("{}: {}\r\n", name, value);
    client.send(text + "\r\n");
    return client.answer();
}

DaemonState sampleState()
{
    DaemonState out;
    out.project = "mcpctl";
    out.folder = "manifests";
    out.revision = "4f1c2d3";
    out.engineId = "engine-1";
    out.startedMicros = 1'767'225'600'000'000;
    out.lastSuccessMicros = 1'767'225'601'000'000;
    out.lastPass = {PassSummary::Result::done, "start", out.startedMicros, out.lastSuccessMicros, 1, ""};
    out.manifestErrors = {"a.yaml:3:9: error: `image` comes from a registry that is not allowed [image-source]",
                          "b.yaml:1:1: error: unknown field `imgae` [schema]\n  hint: did you mean `image`?"};

    for (const auto* name : {"memory", "search"})
    {
        ObservedInstance each;
        each.name = fmt::format("mcpctl-dev-{}", name);
        each.id = each.name + "-id";
        each.marks.server = name;
        each.marks.profile = "dev";
        each.spec.image = "registry.example.com/app:1";
        each.state = RunState::running;
        each.startedAt = "2026-01-01T00:00:00Z";
        out.instances.push_back(each);
    }
    out.instances.back().state = RunState::exited;
    out.instances.back().exitCode = 3;
    out.unmanaged = {{"x", "other", "it has no mcpctl.instance", {}}, {"y", "unrelated", "", {}}};
    out.backoffs["mcpctl-dev-search"] = {4, out.lastSuccessMicros, "it ended with 3"};

    out.plan.project = ProjectName("mcpctl");
    Step step;
    step.object = "mcpctl-dev-memory";
    step.because = "the memory limit was changed";
    step.place = {"a.yaml", 12, 3};
    step.actions = {action::Update{"mcpctl-dev-memory-id", {}, {}}};
    step.changes = {{"memory", "512Mi", "256Mi", Verdict::pending, {"a.yaml", 14, 7}},
                    {"pids", "100", "128", Verdict::drift, {}}};
    out.plan.steps = {step};
    return out;
}

DaemonBed::DaemonBed() : state(std::make_shared<DaemonState>(sampleState()))
{
    auto run = sampleRun();
    run.project = "mcpctl";
    runId = run.id;
    auto other = sampleRun();
    other.project = "another";
    History(history.target()).append({run, other});
}

HttpSources DaemonBed::sources()
{
    const auto open = [this]
    {
        if (historyAway)
            throw HistoryError("history is away");
        return History(history.target());
    };
    return {.state = [this] { return std::atomic_load(&state); },
            .reconcile = [this] { ++reconciles; },
            .engine =
                [] {
                    return EngineStatistics{17, 2000, 300000, 5};
                },
            .recorder =
                [] {
                    return Recorder::Status{4096, 2, 1, "the database is away"};
                },
            .history = [open](const HistoryFilter& filter) { return open().list(filter); },
            .run = [open](const std::string& id) { return open().show(id); },
            .alive = [this] { return alive.load(); },
            .metrics = metrics,
            .events = events};
}

std::filesystem::path DaemonBed::token(const std::string& text, int mode) const
{
    const auto file = history.folder().write("token", text);
    ::chmod(file.c_str(), static_cast<mode_t>(mode));
    return file;
}

void DaemonBed::change(const std::function<void(DaemonState&)>& how)
{
    auto next = std::make_shared<DaemonState>(*state);
    how(*next);
    std::atomic_store(&state, std::shared_ptr<const DaemonState>(std::move(next)));
}

}
