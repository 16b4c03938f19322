#pragma once

#include "docker/docker_orchestrator.h"
#include "docker/recorded.h"
#include "model/json_text.h"
#include "support/scripted_server.h"

#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace mcpctl::test
{

/// As much of an engine as a replace needs: containers with a name, a state and a restart policy, that else look like
/// the recorded one. One of its changing calls can be made to fail.
class FakeEngine
{
public:
    struct Box
    {
        std::string id;
        std::string name;
        bool running = false;
        std::string restart = "unless-stopped";
    };

    enum class Fault
    {
        refused,     ///< answered with an error, not done
        lostBefore,  ///< the connection breaks, not done
        lostAfter,   ///< done, the connection breaks before the answer
        deniedAfter, ///< done, and answered as if not
    };

    FakeEngine()
    {
        server_.takeOver([this](Peer& peer) { serve(peer); });
    }

    docker::Endpoint endpoint() const { return server_.endpoint(); }

    std::string add(const std::string& name, bool running)
    {
        const std::lock_guard lock(mutex_);
        return make(name, running);
    }

    /// The changing call number `call`, counted from 1, fails; when refused, with these words.
    void fail(int call, Fault fault, const std::string& words = "out of luck")
    {
        const std::lock_guard lock(mutex_);
        words_ = words;
        failing_ = call;
        fault_ = fault;
    }

    /// The changing call number `call` is answered with `status`, and was carried out or not.
    void answer(int call, int status, bool done)
    {
        const std::lock_guard lock(mutex_);
        failing_ = call;
        fault_ = done ? Fault::deniedAfter : Fault::refused;
        status_ = status;
    }

    std::vector<std::string> changes() const
    {
        const std::lock_guard lock(mutex_);
        return changes_;
    }

    std::map<std::string, Box> boxes() const
    {
        const std::lock_guard lock(mutex_);
        return boxes_;
    }

private:
    struct Reply
    {
        int status = 204;
        std::string body;
    };

    std::string make(const std::string& name, bool running)
    {
        const std::string id = std::string(63, 'a') + static_cast<char>('0' + ++made_);
        // The short id, too, has to be its own.
        const std::string own = std::to_string(made_) + id.substr(1);
        boxes_[own] = Box{own, name, running};
        return own;
    }

    void serve(Peer& peer)
    {
        while (const auto request = peer.readRequest())
        {
            const auto target = request->target.substr(0, request->target.find('?'));
            if (request->method == "GET")
            {
                const auto reply = read(target);
                peer.send(httpAnswer(reply.status, reply.body, {"Api-Version: 1.41"}));
                continue;
            }
            const std::unique_lock lock(mutex_);
            const bool fails = static_cast<int>(changes_.size()) + 1 == failing_;
            changes_.push_back(request->method + " " + target.substr(target.rfind('/') + 1));
            if (fails && fault_ == Fault::refused)
            {
                peer.send(denial());
                continue;
            }
            if (fails && fault_ == Fault::lostBefore)
                return;
            const auto reply = change(*request, target);
            if (fails && fault_ == Fault::deniedAfter)
            {
                peer.send(denial());
                continue;
            }
            if (fails)
                return;
            peer.send(httpAnswer(reply.status, reply.body));
        }
    }

    std::string denial() const { return httpAnswer(status_, "{\"message\":\"" + words_ + "\"}"); }

    Box* find(const std::string& idOrName)
    {
        for (auto& [id, box] : boxes_)
            if (id == idOrName || box.name == idOrName)
                return &box;
        return nullptr;
    }

    /// `/v1.41/containers/X/start` -> X
    static std::string subject(const std::string& target)
    {
        const auto begin = target.find("/containers/") + 12;
        return target.substr(begin, target.find('/', begin) - begin);
    }

    Reply read(const std::string& target)
    {
        if (target == "/_ping")
            return {200, "OK"};
        if (target.ends_with("/info"))
            return {200, R"({"ID":"fake","ServerVersion":"20.10","SwapLimit":true})"};
        if (target.find("/images/") != std::string::npos)
            return {200, R"({"Id":"sha256:1","Config":{"Env":["FROM_IMAGE=1"],"Cmd":["sleep","1000"]}})"};
        const std::lock_guard lock(mutex_);
        const auto* box = find(subject(target));
        return box == nullptr ? Reply{404, R"({"message":"No such container"})"} : Reply{200, inspect(*box)};
    }

    static std::string inspect(const Box& box)
    {
        auto json = recorded("inspect-20.10.json");
        json->set("Id", box.id);
        json->set("Name", "/" + box.name);
        json->getObject("State")->set("Status", box.running ? "running" : "created");
        json->getObject("State")->set("Running", box.running);
        json->getObject("HostConfig")->getObject("RestartPolicy")->set("Name", box.restart);
        for (const auto* network : {"mcpctl-net1", "mcpctl-net2"})
        {
            auto aliases =
                json->getObject("NetworkSettings")->getObject("Networks")->getObject(network)->getArray("Aliases");
            aliases->remove(static_cast<unsigned>(aliases->size() - 1));
        }
        return jsonText(*json);
    }

    Reply change(const ReceivedRequest& request, const std::string& target)
    {
        const auto name = request.target.substr(request.target.find("name=") + 5);
        if (target.ends_with("/create") || target.ends_with("/rename"))
            if (find(name) != nullptr)
                return {409, R"({"message":"Conflict. The container name is already in use"})"};
        if (target.ends_with("/create"))
            return {201, R"({"Id":")" + make(name, false) + R"(","Warnings":[]})"};
        auto* box = find(subject(target));
        if (box == nullptr)
            return {404, R"({"message":"No such container"})"};
        if (request.method == "DELETE")
            boxes_.erase(box->id);
        else if (target.ends_with("/rename"))
            box->name = name;
        else if (target.ends_with("/update"))
            box->restart = docker::parseJson(request.body, "body")["RestartPolicy"]["Name"].text();
        else
            box->running = target.ends_with("/start");
        return {target.ends_with("/update") ? 200 : 204, target.ends_with("/update") ? "{}" : ""};
    }

    mutable std::mutex mutex_; ///< guards what follows
    std::map<std::string, Box> boxes_;
    std::vector<std::string> changes_;
    int made_ = 0;
    int failing_ = 0;
    std::string words_ = "out of luck";
    int status_ = 500;
    Fault fault_ = Fault::refused;

    ScriptedServer server_; ///< last: its threads use the rest
};

}
