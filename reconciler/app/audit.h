#pragma once

#include "model/desired_state.h"
#include "model/diagnostic.h"
#include "orchestrator/isolation.h"

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What holds the servers that run, check by check, from three sides: what was asked for, what the engine says, and
/// what the kernel says of the processes. Pure: whatever was seen comes in as values.
///
/// Nothing passes that was not seen. A check fails when any side fails. Where the kernel can tell and could not be
/// asked, the engine's word alone does not pass: it is unknown. What does not run has no kernel side; then the engine's
/// word counts, for nothing is let out by it.
namespace mcpctl
{

/// What one side says.
struct AuditView
{
    enum class Result
    {
        pass,
        fail,
        unknown, ///< it could say, and was not heard; `text` tells why
        none,    ///< it has nothing to say about this
    };

    Result result = Result::none;
    std::string text;

    bool operator==(const AuditView&) const = default;
};

std::string_view toString(AuditView::Result result);

/// One instance, with everything that is known of it.
struct AuditSubject
{
    Isolation isolation;
    bool ours = true;                                ///< false: others started it with our labels
    const DesiredInstance* declared = nullptr;       ///< null where no manifest at hand declares it
    std::map<NetworkName, ObservedNetwork> networks; ///< of the engine
    std::vector<std::string> secrets;                ///< values known here; never shown
};

/// A row of the table.
struct AuditCheck
{
    std::string_view id; ///< stable: it is in outputs
    std::string_view title;
    std::string_view why;
    std::string_view fix;
    bool onlyWarns = false; ///< a failure is a warning
    /// The fields (model/fields.h) that it is about: by them the labels tell whether what runs is what was asked for.
    std::vector<std::string_view> fields;
    /// Judges what is asked for and what the engine shows alike; null where they cannot say.
    AuditView (*ofSpec)(const ServerSpec&) = nullptr;
    /// Judges what needs more than the spec; null for most.
    AuditView (*ofSubject)(const AuditSubject&) = nullptr;
    /// Null where the kernel cannot tell. Called only when it has been seen; an empty member is for the check to find.
    AuditView (*ofKernel)(const KernelView&, const ServerSpec& engine) = nullptr;
};

/// All checks, in the order in which they are shown.
std::span<const AuditCheck> auditChecks();

struct AuditFinding
{
    std::string check = {};
    std::string title = {};
    std::string subject = {}; ///< an instance, a network, or `engine`
    AuditView requested = {};
    AuditView engine = {};
    AuditView kernel = {};
    AuditView::Result verdict = AuditView::Result::unknown;
    bool onlyWarns = false;
    std::string why = {};
    std::string fix = {};
    SourcePos place = {}; ///< of the declaration; none where there is none
};

using AuditFindings = std::vector<AuditFinding>;

/// By the rule above.
AuditView::Result verdictOf(const AuditFinding& finding, bool kernelCanTell, bool runs);

/// Every check of the table for one instance, in its order.
AuditFindings audit(const AuditSubject& subject);

/// A network of ours, or the one that all share: it has no way out and the host is not on it. One that is declared
/// otherwise (`wanted`, null where no manifest at hand declares it) is held against that.
AuditFinding auditNetwork(const ObservedNetwork& network, const NetworkSpec* wanted);

/// How often each verdict stands; failures that only warn apart.
struct AuditSummary
{
    int pass = 0, fail = 0, warn = 0, unknown = 0;
};

AuditSummary summarize(const AuditFindings& findings);

/// What did not pass, for the outputs that validate and plan share: a failure is an error, or a warning where it only
/// warns; what is unknown is a warning. The rule is `audit-CHECK`. A finding without a declaration has no place.
Diagnostics toDiagnostics(const AuditFindings& findings);

/// A table of what each side says, one row for each finding; and below why and what to do for each that did not pass.
/// `all`: also those that passed.
std::string renderAudit(const AuditFindings& findings, bool all, bool colour);

/// The document of `-o json` (docs/json.md).
std::string auditJson(const AuditFindings& findings, const std::string& project);

}
