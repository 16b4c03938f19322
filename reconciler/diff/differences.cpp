#include "diff/differences.h"

#include "model/secrets.h"

#include <fmt/format.h>

#include <algorithm>

namespace mcpctl
{

namespace
{

using Form = std::map<std::string, std::string>;

/// The form of a live instance in which secrets count by name, as in the hash that was made at creation.
ServerSpec withSecretNames(ServerSpec live, const ServerSpec& want)
{
    for (auto& [key, value] : live.env)
        if (const auto wanted = want.env.find(key); wanted != want.env.end())
            value.secretName = wanted->second.secretName;
    return live;
}

/// Who moved a field. The label tells how it was at creation; an in-place update cannot rewrite it, so
/// where all three differ nobody can tell, and that counts as drift.
class Origin
{
public:
    Origin(const ServerSpec& want, const ObservedInstance& live)
        : atCreation_(live.marks.fieldHashes), want_(fieldHashes(want)),
          live_(fieldHashes(withSecretNames(live.spec, want)))
    {
    }

    /// Whether the manifest says what it said at creation.
    bool manifestStands(const Field& field) const
    {
        const std::string name(field.name);
        const auto created = atCreation_.find(name);
        return created != atCreation_.end() && created->second == want_.at(name);
    }

    Verdict of(const Field& field) const
    {
        const std::string name(field.name);
        const auto created = atCreation_.find(name);
        if (created == atCreation_.end())
            return Verdict::drift;
        const bool manifestMoved = want_.at(name) != created->second;
        const bool liveMoved = live_.at(name) != created->second;
        if (!liveMoved)
            return Verdict::pending;
        if (!manifestMoved)
            return Verdict::drift;
        return field.repair == Repair::replace ? Verdict::both : Verdict::drift;
    }

private:
    const std::map<std::string, std::string>& atCreation_;
    std::map<std::string, std::string> want_;
    std::map<std::string, std::string> live_;
};

std::string shownAfter(const Field& field, const std::string& member, const std::string& text, const ServerSpec& want)
{
    if (field.name == "secretFiles")
        return "(secret)";
    if (field.name == "env")
        if (const auto value = want.env.find(member); value != want.env.end() && value->second.secretName)
            return "(secret)";
    return text;
}

/// A secret that could not be read here compares as whatever is there: said, never a reason to replace.
void adoptUnknownSecrets(Form& want, const Form& live, const std::map<std::string, EnvValue>& values)
{
    for (const auto& [key, value] : values)
    {
        if (value.resolved)
            continue;
        if (const auto there = live.find(key); there != live.end())
            want[key] = there->second;
        else
            want.erase(key);
    }
}

/// One change for each member that differs.
std::vector<Change> memberChanges(const Field& field, const Form& want, const Form& live,
                                  const DesiredInstance& desired)
{
    std::vector<Change> changes;
    const auto add = [&](const std::string& member, const std::string* before, const std::string* after)
    {
        const std::string name = member.empty() ? std::string(field.name) : fmt::format("{}.{}", field.name, member);
        Change change{name, "", "", Verdict::pending, desired.placeOf(name)};
        if (before != nullptr)
            change.before = field.hidesLive ? "(hidden)" : *before;
        if (after != nullptr)
            change.after = shownAfter(field, member, *after, desired.spec);
        if (before != nullptr && change.after == "(secret)")
            change.after = "(secret, changed)";
        changes.push_back(std::move(change));
    };
    for (const auto& [member, text] : live)
        if (const auto wanted = want.find(member); wanted == want.end())
            add(member, &text, nullptr);
        else if (wanted->second != text)
            add(member, &text, &wanted->second);
    for (const auto& [member, text] : want)
        if (live.find(member) == live.end())
            add(member, nullptr, &text);
    return changes;
}

/// On `network`, with the same names and the same fixed address.
bool hangsAlike(const ServerSpec& left, const ServerSpec& right, const NetworkName& network)
{
    const auto one = left.networks.find(network);
    const auto other = right.networks.find(network);
    const auto address = [&](const ServerSpec& spec)
    {
        const auto fixed = spec.fixedAddresses.find(network);
        return fixed == spec.fixedAddresses.end() ? "" : fixed->second;
    };
    return one != left.networks.end() && other != right.networks.end() && one->second == other->second &&
           address(left) == address(right);
}

void compareNetworks(const ServerSpec& want, const ObservedInstance& live, Differences& differences)
{
    // The engine cannot connect an instance that was made without any network, and one that loses its
    // last network loses its namespace's set-up.
    if (want.networks.empty() || live.spec.networks.empty())
    {
        differences.replace = true;
        return;
    }
    for (const auto& [network, aliases] : live.spec.networks)
        if (!hangsAlike(want, live.spec, network))
            differences.disconnect.insert(network);
    for (const auto& [network, aliases] : want.networks)
        if (!hangsAlike(want, live.spec, network))
            differences.connect.emplace(network, aliases);
    const bool keepsOne = differences.disconnect.size() < live.spec.networks.size();
    if (!keepsOne)
        differences.replace = true;
}

/// A file can be written, not taken away; and one that was made without a place for files has to be made anew.
void compareConfig(const ServerSpec& want, const ObservedInstance& live, Differences& differences)
{
    const auto& there = live.spec.configFiles;
    const bool tooMany = std::any_of(there.begin(), there.end(),
                                     [&](const auto& file) { return !want.configFiles.contains(file.first); });
    const auto made = live.marks.fieldHashes.find("configFiles");
    const bool hasPlace = made != live.marks.fieldHashes.end() && made->second != fieldHashes({}).at("configFiles");
    (tooMany || !hasPlace ? differences.replace : differences.reload) = true;
}

/// A limit that is cleared, or the other way to say a cpu limit, cannot be had in place.
bool needsReplace(const Field& field, const Form& want)
{
    if (field.repair == Repair::replace)
        return true;
    return field.repair == Repair::limits && want.at("") == "none";
}

std::string shortId(const std::string& id)
{
    const auto colon = id.find(':');
    return id.substr(colon == std::string::npos ? 0 : colon + 1, 12);
}

void compareImage(const DesiredInstance& want, const ObservedInstance& live, const ObservedState& observed,
                  Differences& differences)
{
    const auto reference = referenceFor(want, observed);
    const auto known = observed.images.find(reference);
    // Not on the engine, and the live one was made from the very name: nothing says that it differs.
    if (known == observed.images.end() && live.spec.image == reference)
        return;
    if (known != observed.images.end() && known->second.id == live.imageId)
        return;
    // The registry did not answer. What the engine has under the name may be older than what runs, which
    // was made from what the registry had: it stays, unless the manifest itself moved.
    const bool pinned = reference != want.spec.image;
    if (want.pullPolicy == PullPolicy::always && !pinned && live.marks.specHash == specHash(want.spec))
        return;
    Change change{"image", live.spec.image, want.spec.image, Verdict::pending, want.placeOf("image")};
    if (change.before == change.after || live.spec.image.find('@') != std::string::npos)
    {
        change.before += " (" + shortId(live.imageId) + ")";
        if (known != observed.images.end())
            change.after += " (" + shortId(known->second.id) + ")";
        else if (pinned)
            change.after += " (newer in the registry)";
    }
    differences.changes.push_back(std::move(change));
    differences.replace = true;
}

ServerSpec resolved(const DesiredInstance& want, const ObservedInstance& live, const ObservedState& observed)
{
    const auto image = observed.images.find(live.imageId);
    auto spec = image != observed.images.end() ? withImageDefaults(want.spec, image->second) : want.spec;
    // A variable that leads to a file which cannot be had is as unknown as the file.
    for (const auto& [name, file] : spec.secretFiles)
        for (auto& [key, value] : spec.env)
            if (!file.resolved && value.text == secretFilePath(name))
                value.resolved = false;
    return spec;
}

}

Differences compareInstance(const DesiredInstance& want, const ObservedInstance& live, const ObservedState& observed)
{
    Differences differences;
    compareImage(want, live, observed, differences);
    // Marks cannot change, and this one has to be there before the manifest is gone. One that is there and
    // no longer wanted only keeps more than it has to, until the instance is made anew.
    if (want.pruneDisabled && !live.marks.pruneDisabled)
    {
        differences.changes.push_back({"prune", "allowed", "disabled", Verdict::pending, want.placeOf("prune")});
        differences.replace = true;
    }
    const ServerSpec spec = resolved(want, live, observed);

    std::optional<Origin> origin;
    for (const auto& field : fields())
    {
        auto wanted = field.form(spec);
        const auto there = field.form(live.spec);
        if (wanted == there)
            continue;
        if (!origin)
            origin.emplace(spec, live);
        if (field.name == "env")
            adoptUnknownSecrets(wanted, there, spec.env);
        if (field.name == "secretFiles")
        {
            if (live.secretFilesHidden && origin->manifestStands(field))
                continue;
            adoptUnknownSecrets(wanted, there, spec.secretFiles);
        }
        auto changes = memberChanges(field, wanted, there, want);
        if (changes.empty())
            continue;
        const Verdict verdict = origin->of(field);
        for (auto& change : changes)
            change.verdict = verdict;
        differences.changes.insert(differences.changes.end(), changes.begin(), changes.end());

        if (field.repair == Repair::networks)
            compareNetworks(spec, live, differences);
        else if (field.repair == Repair::reload)
            compareConfig(spec, live, differences);
        else if (needsReplace(field, wanted))
            differences.replace = true;
        else
            differences.update = true;
    }
    for (const auto& network : live.staleNetworks)
    {
        differences.replace = true;
        differences.changes.push_back({"networks." + network.text, "a network that is gone", "connected",
                                       Verdict::drift, want.placeOf("networks")});
    }
    return differences;
}

}
