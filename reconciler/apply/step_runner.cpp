#include "apply/step_runner.h"

#include "model/fields.h"
#include "model/secrets.h"
#include "model/version.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl
{

namespace
{

using Kind = OrchestratorError::Kind;

class Runner
{
public:
    Runner(const Step& step, const RunContext& context) : step_(step), context_(context) {}

    void operator()(const action::Blocked&) const { throw OrchestratorError(Kind::conflict, step_.because); }
    void operator()(const action::EnsureNetwork& each) const { engine().ensureNetworkExists(each.network); }
    void operator()(const action::RemoveNetwork& each) const { engine().removeNetwork(each.id); }
    void operator()(const action::Update& each) const
    {
        engine().setResourceLimits(each.id, each.resources, each.restart);
    }
    void operator()(const action::Connect& each) const
    {
        engine().connectNetwork(each.id, each.network, each.aliases, each.address);
    }
    void operator()(const action::Configure& each) const
    {
        engine().setConfiguration(each.id, want().spec.configFiles);
    }
    void operator()(const action::Disconnect& each) const { engine().disconnectNetwork(each.id, each.network); }
    void operator()(const action::Suspend& each) const { engine().suspendServer(each.id); }
    void operator()(const action::Remove& each) const { engine().stopServer(each.id); }

    void operator()(const action::Restore& each) const
    {
        engine().restoreServer(each.id, want().name, want().spec.restart);
    }

    void operator()(const action::Create& each) { ran_.started = engine().startServer(launch(each.image)); }

    void operator()(const action::Start& each)
    {
        engine().resumeServer(each.id);
        ran_.started = each.id;
    }

    void operator()(const action::Replace& each)
    {
        engine().replaceServer(launch(each.image), each.oldId, [this](const std::string& id) { return gate(id); });
    }

    void operator()(const action::FinishReplace& each)
    {
        const auto readiness = resume(each.newId);
        if (readiness.ready)
        {
            engine().stopServer(each.oldId);
            return;
        }
        engine().stopServer(each.newId);
        engine().restoreServer(each.oldId, want().name, want().spec.restart);
        engine().resumeServer(each.oldId);
        throw OrchestratorError(Kind::rolledBack,
                                "the old instance runs again, for the new one is not ready: " + readiness.why);
    }

    Ran ran() const { return ran_; }

private:
    McpOrchestrator& engine() const { return context_.orchestrator; }

    const DesiredInstance& want() const { return context_.desired.instances.at(InstanceName(step_.object)); }

    Readiness gate(const std::string& id)
    {
        auto readiness = waitUntilReady(id, want(), context_);
        if (readiness.ready)
            ran_.note = readiness.why;
        return readiness;
    }

    /// One that cannot even be started will not be ready.
    Readiness resume(const std::string& id)
    {
        try
        {
            engine().resumeServer(id);
        }
        catch (const OrchestratorError& error)
        {
            return {false, error.what()};
        }
        return gate(id);
    }

    Launch launch(const action::ImageSource& source) const
    {
        const auto& instance = want();
        forEachSecret(instance.spec,
                      [](const std::string& key, const EnvValue& value)
                      {
                          if (!value.resolved)
                              throw OrchestratorError(Kind::failed,
                                                      fmt::format("secret `{}`, which {} needs, is not there{}",
                                                                  *value.secretName, key,
                                                                  value.why.empty() ? "" : ": " + value.why));
                      });
        const auto image = context_.images.get(source);

        Launch launch;
        launch.name = instance.name;
        launch.spec = instance.spec;
        launch.image = source.reference;
        launch.marks.project = context_.desired.project.text;
        launch.marks.server = instance.server.text;
        launch.marks.profile = instance.profile.text;
        launch.marks.instance = instance.name.text;
        launch.marks.specHash = specHash(instance.spec);
        launch.marks.fieldHashes = fieldHashes(withImageDefaults(instance.spec, image));
        launch.marks.revision = context_.options.revision;
        launch.marks.version = std::string(version);
        launch.marks.pruneDisabled = instance.pruneDisabled;
        return launch;
    }

    const Step& step_;
    const RunContext& context_;
    Ran ran_;
};

}

Ran runActions(const Step& step, const RunContext& context)
{
    Runner runner(step, context);
    for (const auto& each : step.actions)
        std::visit(runner, each);
    return runner.ran();
}

Readiness waitUntilReady(const std::string& id, const DesiredInstance& want, const RunContext& context)
{
    AskReady ask;
    if (context.options.probe && want.spec.health.type != HealthCheck::Type::none)
        ask = [&](const std::stop_token& stop) { return context.options.probe(id, want, stop); };
    return context.watcher->wait(id, want.spec.restart, context.stop, ask);
}

bool needsWatcher(const Step& step, bool wait)
{
    return has<action::Replace>(step) || has<action::FinishReplace>(step) ||
           (wait && (has<action::Create>(step) || has<action::Start>(step)));
}

}
