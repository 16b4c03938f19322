#include "app/audit.h"

#include "model/fields.h"

#include <Poco/JSON/Parser.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>

using namespace mcpctl;

namespace
{

using Result = AuditView::Result;

NetworkSpec sharedNetwork()
{
    NetworkSpec network;
    network.name = NetworkName("mcpctl-network");
    return network;
}

/// An instance that is as mcpctl makes it, on its network, seen from all sides.
AuditSubject wellKept()
{
    AuditSubject subject;
    auto& instance = subject.isolation.engine;
    instance.name = "mcpctl-dev-a";
    instance.state = RunState::running;
    instance.spec.user = "1000:1000";
    instance.spec.networks = {{sharedNetwork().name, {"a"}}};
    instance.marks.fieldHashes = fieldHashes(instance.spec);
    auto& kernel = subject.isolation.kernel;
    kernel.filtersCalls = true;
    kernel.noNewPrivileges = true;
    kernel.capabilities.emplace();
    kernel.users = {1000};
    kernel.groups = {1000};
    kernel.profile = "docker-default (enforce)";
    kernel.hostNamespaces.emplace();
    kernel.mounts = {{"/", {"overlay", true, false}}, {"/etc/hosts", {"ext4", false, false}}};
    kernel.hasWayOut = false;
    kernel.memoryBytes = instance.spec.resources.memoryBytes;
    kernel.swapBytes = 0;
    kernel.nanoCpus = instance.spec.resources.nanoCpus;
    kernel.pidsLimit = instance.spec.resources.pidsLimit;
    subject.networks[sharedNetwork().name].spec = sharedNetwork();
    return subject;
}

AuditFinding findingOf(const AuditSubject& subject, const std::string& check)
{
    const auto findings = audit(subject);
    const auto found =
        std::find_if(findings.begin(), findings.end(), [&](const auto& each) { return each.check == check; });
    BOOST_REQUIRE_MESSAGE(found != findings.end(), "there is no finding " + check);
    return *found;
}

std::set<std::string> failing(const AuditSubject& subject)
{
    std::set<std::string> out;
    for (const auto& finding : audit(subject))
        if (finding.verdict == Result::fail)
            out.insert(finding.check);
    return out;
}

using Checks = std::set<std::string>;

Checks failingWith(const std::function<void(ServerSpec&)>& spoil)
{
    auto subject = wellKept();
    spoil(subject.isolation.engine.spec);
    return failing(subject);
}

Checks failingInKernel(const std::function<void(KernelView&)>& spoil)
{
    auto subject = wellKept();
    spoil(subject.isolation.kernel);
    return failing(subject);
}

}

BOOST_AUTO_TEST_SUITE(audit_test)

BOOST_AUTO_TEST_CASE(what_is_well_kept_passes_everywhere)
{
    for (const auto& finding : audit(wellKept()))
        BOOST_TEST((finding.verdict == Result::pass), finding.check << " is " << toString(finding.verdict));
}

BOOST_AUTO_TEST_CASE(each_way_out_that_the_engine_shows_fails_its_check)
{
    const auto escape = [](const char* name) { return [=](ServerSpec& spec) { spec.escapes = {name}; }; };
    BOOST_TEST((failingWith(escape("seccomp-unconfined")) == Checks{"seccomp"}));
    BOOST_TEST((failingWith(escape("apparmor-unconfined")) == Checks{"apparmor"}));
    BOOST_TEST((failingWith(escape("host-pid")) == Checks{"namespaces"}));
    BOOST_TEST((failingWith(escape("device /dev/sda")) == Checks{"escape"}));
    BOOST_TEST((failingWith(escape("privileged")) ==
                Checks{"apparmor", "capabilities", "escape", "namespaces", "no-new-privileges", "seccomp"}));
    BOOST_TEST((failingWith([](ServerSpec& spec) { spec.noNewPrivileges = false; }) == Checks{"no-new-privileges"}));
    BOOST_TEST((failingWith([](ServerSpec& spec) { spec.capabilities = {"SYS_ADMIN"}; }) == Checks{"capabilities"}));
    BOOST_TEST(failingWith([](ServerSpec& spec) { spec.capabilities = {"CHOWN"}; }).empty());
    BOOST_TEST(
        (failingWith([](ServerSpec& spec) { spec.readOnlyRootFilesystem = false; }) == Checks{"read-only-root"}));
    BOOST_TEST((failingWith([](ServerSpec& spec) { spec.resources.memoryBytes = 0; }) == Checks{"memory-limit"}));
    BOOST_TEST((failingWith([](ServerSpec& spec) { spec.resources.swapBytes = -1; }) == Checks{"swap-limit"}));
    BOOST_TEST((failingWith([](ServerSpec& spec) { spec.resources.pidsLimit = 0; }) == Checks{"pids-limit"}));
    BOOST_TEST((failingWith([](ServerSpec& spec) { spec.resources.nanoCpus = 0; }) == Checks{"cpu-limit"}));
    BOOST_TEST((failingWith(
                    [](ServerSpec& spec) {
                        spec.publications = {{"0.0.0.0", 80, 80}};
                    }) == Checks{"published-address"}));
    BOOST_TEST(failingWith([](ServerSpec& spec) { spec.publications = {{"127.0.0.1", 80, 80}}; }).empty());
    for (const auto* user : {"", "0", "root", "0:0", "root:1000", "00"})
        BOOST_TEST((failingWith([&](ServerSpec& spec) { spec.user = user; }) == Checks{"run-as-root"}), user);
    for (const auto* path : {"/", "/etc", "/var/run", "/var/run/docker.sock", "/var/lib/docker/volumes", "/proc/1"})
        BOOST_TEST((failingWith(
                        [&](ServerSpec& spec) {
                            spec.mounts["/x"] = {Mount::Type::hostPath, path, true};
                        }) == Checks{"mounts"}),
                   path);
}

BOOST_AUTO_TEST_CASE(what_the_kernel_shows_fails_whatever_the_engine_says)
{
    BOOST_TEST((failingInKernel([](KernelView& view) { view.filtersCalls = false; }) == Checks{"seccomp"}));
    BOOST_TEST(
        (failingInKernel([](KernelView& view) { view.noNewPrivileges = false; }) == Checks{"no-new-privileges"}));
    BOOST_TEST((failingInKernel([](KernelView& view) { view.capabilities = {"CHOWN"}; }) == Checks{"capabilities"}));
    BOOST_TEST((failingInKernel([](KernelView& view) { view.users = {0, 1000}; }) == Checks{"run-as-root"}));
    BOOST_TEST((failingInKernel([](KernelView& view) { view.groups = {0}; }) == Checks{"run-as-root"}));
    BOOST_TEST((failingInKernel([](KernelView& view) { view.profile = "unconfined"; }) == Checks{"apparmor"}));
    BOOST_TEST((failingInKernel([](KernelView& view) { view.hostNamespaces = {"net"}; }) == Checks{"namespaces"}));
    BOOST_TEST(
        (failingInKernel([](KernelView& view) { view.mounts->at("/").readOnly = false; }) == Checks{"read-only-root"}));
    BOOST_TEST((failingInKernel(
                    [](KernelView& view) {
                        (*view.mounts)["/x"] = {"ext4", true, false};
                    }) == Checks{"mounts"}));
    BOOST_TEST((failingInKernel([](KernelView& view) { (*view.mounts)["/etc/hosts"].holdsEngineSocket = true; }) ==
                Checks{"mounts"}));
    BOOST_TEST((failingInKernel([](KernelView& view) { view.hasWayOut = true; }) == Checks{"network"}));
    BOOST_TEST((failingInKernel([](KernelView& view) { view.memoryBytes = 0; }) == Checks{"memory-limit"}));
    BOOST_TEST((failingInKernel([](KernelView& view) { *view.memoryBytes += 4096; }) == Checks{"memory-limit"}));
    BOOST_TEST((failingInKernel([](KernelView& view) { view.swapBytes = -1; }) == Checks{"swap-limit"}));
    BOOST_TEST((failingInKernel([](KernelView& view) { view.pidsLimit = 0; }) == Checks{"pids-limit"}));
    BOOST_TEST((failingInKernel([](KernelView& view) { view.nanoCpus = 0; }) == Checks{"cpu-limit"}));
}

BOOST_AUTO_TEST_CASE(nothing_passes_that_the_kernel_could_tell_and_was_not_asked)
{
    auto subject = wellKept();
    subject.isolation.kernel = {};
    subject.isolation.kernel.unseen = "the engine is on another machine";
    for (const auto& finding : audit(subject))
    {
        const auto& checks = auditChecks();
        const auto row =
            std::find_if(checks.begin(), checks.end(), [&](const auto& each) { return each.id == finding.check; });
        BOOST_TEST((finding.verdict == (row->ofKernel == nullptr ? Result::pass : Result::unknown)), finding.check);
        if (row->ofKernel != nullptr)
            BOOST_TEST(finding.kernel.text == "the engine is on another machine");
    }
    // Seen as a whole, and not this: the same.
    subject.isolation.kernel.unseen.clear();
    for (const auto& finding : audit(subject))
        BOOST_TEST((finding.verdict != Result::fail), finding.check);
    BOOST_TEST((findingOf(subject, "seccomp").verdict == Result::unknown));
    BOOST_TEST((findingOf(subject, "memory-limit").verdict == Result::unknown));
}

BOOST_AUTO_TEST_CASE(what_the_kernel_says_is_no_question_here_is_not_passed_but_left_out)
{
    auto subject = wellKept();
    subject.isolation.kernel.profile = "";
    const auto findings = audit(subject);
    BOOST_TEST(
        std::none_of(findings.begin(), findings.end(), [](const auto& each) { return each.check == "apparmor"; }));
}

BOOST_AUTO_TEST_CASE(of_what_does_not_run_the_engines_word_counts)
{
    auto subject = wellKept();
    subject.isolation.engine.state = RunState::exited;
    subject.isolation.kernel = {};
    subject.isolation.kernel.unseen = "it does not run";
    BOOST_TEST((findingOf(subject, "seccomp").verdict == Result::pass));
    subject.isolation.engine.spec.escapes = {"seccomp-unconfined"};
    BOOST_TEST((findingOf(subject, "seccomp").verdict == Result::fail));
}

BOOST_AUTO_TEST_CASE(what_was_asked_for_is_the_manifests_or_else_what_the_labels_confirm)
{
    auto subject = wellKept();
    auto finding = findingOf(subject, "memory-limit");
    BOOST_TEST((finding.requested == AuditView{Result::pass, "512Mi (by its labels)"}));

    subject.isolation.engine.spec.resources.memoryBytes = 1 << 30; // changed by hand
    finding = findingOf(subject, "memory-limit");
    BOOST_TEST((finding.requested.result == Result::unknown));

    subject.isolation.engine.marks.fieldHashes.clear(); // others made it
    BOOST_TEST((findingOf(subject, "memory-limit").requested.result == Result::unknown));

    DesiredInstance declared;
    declared.spec.resources.memoryBytes = 256 << 20;
    subject.declared = &declared;
    finding = findingOf(subject, "memory-limit");
    BOOST_TEST((finding.requested == AuditView{Result::pass, "256Mi"}));
    BOOST_TEST((finding.verdict == Result::pass));
}

BOOST_AUTO_TEST_CASE(a_secret_in_the_image_is_told_and_never_shown)
{
    auto subject = wellKept();
    subject.secrets = {"hunter2hunter2"};
    BOOST_TEST((findingOf(subject, "image-secrets").verdict == Result::unknown)); // its image is gone
    subject.isolation.imageTexts = {"ENV A=b"};
    BOOST_TEST((findingOf(subject, "image-secrets").verdict == Result::pass));
    subject.isolation.imageTexts = {"RUN login --password hunter2hunter2"};
    const auto findings = audit(subject);
    BOOST_TEST((findingOf(subject, "image-secrets").verdict == Result::fail));
    for (const auto& text :
         {renderAudit(findings, true, false), auditJson(findings, "p"), renderDiagnostics(toDiagnostics(findings), {})})
        BOOST_TEST(text.find("hunter2") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_open_network_fails_where_it_hangs_on_and_by_itself)
{
    auto subject = wellKept();
    auto& network = subject.networks.at(sharedNetwork().name);
    network.spec.hostAddress = true;
    BOOST_TEST((failing(subject) == Checks{"network"}));
    BOOST_TEST((auditNetwork(network, nullptr).verdict == Result::fail));
    const auto wanted = network.spec;
    BOOST_TEST((auditNetwork(network, &wanted).verdict == Result::pass)); // declared so
    network.spec.ipv6 = true;
    BOOST_TEST((auditNetwork(network, &wanted).verdict == Result::fail));
    subject.networks.clear();
    BOOST_TEST((findingOf(subject, "network").verdict == Result::unknown));
}

BOOST_AUTO_TEST_CASE(what_does_not_pass_becomes_diagnostics_for_the_outputs_of_others)
{
    auto subject = wellKept();
    subject.isolation.engine.spec.escapes = {"seccomp-unconfined"};
    subject.isolation.kernel.pidsLimit.reset();
    subject.ours = false;
    const auto diagnostics = toDiagnostics(audit(subject));
    BOOST_REQUIRE_EQUAL(diagnostics.size(), 3U);
    BOOST_TEST(diagnostics[0].rule == "audit-seccomp");
    BOOST_TEST((diagnostics[0].severity == Diagnostic::Severity::error));
    BOOST_TEST(diagnostics[0].message == "mcpctl-dev-a: system calls are filtered fails (engine: seccomp-unconfined)");
    BOOST_TEST(diagnostics[1].rule == "audit-pids-limit");
    BOOST_TEST((diagnostics[1].severity == Diagnostic::Severity::warning));
    BOOST_TEST(diagnostics[2].rule == "audit-ownership");
    BOOST_TEST((diagnostics[2].severity == Diagnostic::Severity::warning));
}

BOOST_AUTO_TEST_CASE(checks_have_ids_of_their_own_and_fields_that_there_are)
{
    std::set<std::string_view> ids;
    for (const auto& check : auditChecks())
    {
        BOOST_TEST(ids.insert(check.id).second, check.id);
        BOOST_TEST(!check.why.empty());
        BOOST_TEST(!check.fix.empty());
        BOOST_TEST((check.ofSpec != nullptr || check.ofSubject != nullptr), check.id);
        for (const auto field : check.fields)
            BOOST_TEST(fieldHashes({}).contains(std::string(field)), field);
    }
}

BOOST_AUTO_TEST_CASE(text_shows_what_failed_and_with_all_what_passed_too_and_json_shows_everything)
{
    auto subject = wellKept();
    subject.isolation.kernel.filtersCalls = false;
    const auto findings = audit(subject);
    const auto brief = renderAudit(findings, false, false);
    BOOST_TEST(brief.find("fail") != std::string::npos);
    BOOST_TEST(brief.find("! no filter") != std::string::npos);
    BOOST_TEST(brief.find("pids-limit") == std::string::npos);
    BOOST_TEST(brief.find('\033') == std::string::npos);
    BOOST_TEST(renderAudit(findings, true, false).find("pids-limit") != std::string::npos);
    BOOST_TEST(renderAudit(findings, false, true).find("\n\033[31mfail\033[0m") != std::string::npos);
    const auto json = Poco::JSON::Parser().parse(auditJson(findings, "mcpctl")).extract<Poco::JSON::Object::Ptr>();
    BOOST_TEST(json->getValue<int>("version") == 1);
    BOOST_TEST(json->getArray("findings")->size() == findings.size());
    BOOST_TEST(json->getObject("summary")->getValue<int>("fail") == 1);
}

BOOST_AUTO_TEST_SUITE_END()
