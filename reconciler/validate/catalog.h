#pragma once

#include "model/desired_state.h"
#include "model/document.h"
#include "validate/findings.h"
#include "validate/limits.h"
#include "validate/node.h"
#include "validate/parameters.h"
#include "validate/templates.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

// The four kinds of manifest as values: each document is read once, however many instances come of it.

namespace mcpctl
{

/// A text and where it was written.
struct Written
{
    std::string text;
    SourcePos place;
};

/// An environment variable as it was written.
struct WrittenEnv
{
    std::optional<std::string> secretName;
    bool asFile = false; ///< the secret is in a file, and the variable has its path
    Template value;
    SourcePos place;
};

struct Volume
{
    std::string name;      ///< empty for a path of the host
    std::string hostPath;  ///< as written; empty for a named volume
    std::string mountPath; ///< as written
    bool readOnly = false;
    SourcePos place;
    SourcePos hostPathPlace;
    SourcePos mountPathPlace;
};

/// A list of arguments that are templates; absent: as the image says.
using Arguments = std::optional<std::vector<Template>>;

struct ServerManifest
{
    ServerName name;
    SourcePos place; ///< of the name
    bool pruneDisabled = false;
    PullPolicy pullPolicy = PullPolicy::missing;
    /// All that is the same for every instance. Not yet: arguments, environment, limits, mounts, tmpfs,
    /// networks, publications.
    ServerSpec base;
    std::map<std::string, SourcePos> fieldPlaces; ///< as DesiredInstance::fieldPlaces
    Parameters parameters;
    Arguments entrypoint;
    Arguments command;
    Arguments healthCommand;
    std::map<std::string, WrittenEnv> env;
    Limits limits;
    std::vector<Volume> volumes;
    std::vector<Written> capabilities; ///< upper case, without `CAP_`
    std::optional<Publication> publish;
    bool usable = true; ///< false: it has errors of its own, so what would follow from them is not said
};

/// One entry of a profile: one instance.
struct ProfileEntry
{
    Written server;
    Written name; ///< the server's where none was given
    bool enabled = true;
    Node config; ///< a mapping of scalars, or absent
    Node env;    ///< likewise of environment values
    Limits limits;
    SourcePos place;
    bool usable = true;
};

/// One entry of `egress.allow`.
struct EgressTarget
{
    std::string host; ///< a name in lower case, or an IPv4 address
    std::uint16_t port = 0;
    bool plain = false;   ///< TCP as it is, without a TLS hello that says where to
    bool address = false; ///< `host` is an address: answers may point there
    SourcePos place;
};

struct ProfileManifest
{
    ProfileName name;
    SourcePos place;
    std::vector<ProfileEntry> entries;
    std::optional<std::vector<Written>> allowedNetworks; ///< absent: mcpctl-network alone
    std::optional<SourcePos> networksPlace;              ///< of `networks.allowed`
    std::vector<EgressTarget> egress;                    ///< empty: no way out
};

struct NetworkManifest
{
    std::string name;
    SourcePos place;
    bool internal = true;
    SourcePos internalPlace; ///< the name's where it was not written
    std::optional<Written> subnet;
};

/// A document of kind SecurityPolicy, read by policy.h.
struct PolicyManifest
{
    std::string name;
    SourcePos place;
    Node spec;
};

/// All manifests by name. The first of several with the same name counts.
struct Catalog
{
    std::map<std::string, ServerManifest> servers;
    std::map<std::string, ProfileManifest> profiles;
    std::map<std::string, NetworkManifest> networks;
    std::map<std::string, PolicyManifest> policies;

    /// Kind -> names of documents that do not obey their schema; empty for a name that cannot be read.
    std::map<std::string, std::set<std::string>> broken;
    /// Something could not be loaded at all, so nobody knows what it declares.
    bool incomplete = false;

    /// Whether `name` may be declared by something that could not be read: who names it is then not
    /// told that it does not exist.
    bool isBroken(const std::string& kind, const std::string& name) const;
};

/// Reads every document: schema, then values. Errors: those of schemas.h, read_server.h and
/// read_profile.h; `duplicate-name` for two of a kind.
Found<Catalog> readCatalog(const Manifests& manifests);

}
