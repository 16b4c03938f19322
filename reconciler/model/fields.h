#pragma once

#include "model/server_spec.h"

#include <map>
#include <span>
#include <string>
#include <string_view>

namespace mcpctl
{

/// The cheapest thing that mends a difference, from mild to severe.
enum class Repair
{
    limits,   ///< changed in place
    restart,  ///< the restart policy, changed in place
    networks, ///< connect or disconnect while it runs
    reload,   ///< its configuration is written and loaded anew while it runs
    replace,
};

/// A field that mcpctl owns. The table of fields is the single place that says what is compared,
/// hashed, read back and shown; a new manifest field is a new row.
struct Field
{
    std::string_view name; ///< stable: it is in labels, plans and JSON
    Repair repair;
    /// The canonical form: member -> text; a plain value has one member with an empty name. Equal
    /// forms mean equal. Secret values stand in it, so it is for comparing, never for showing.
    std::map<std::string, std::string> (*form)(const ServerSpec&);
    bool hidesLive = false; ///< what the engine shows may be secret: a plan does not print it
    /// Isolation and limits: an instance that has not got them must not run.
    bool guards = false;
};

/// All fields, sorted as plans show them. The image is not among them: diff() judges it by its id.
std::span<const Field> fields();

/// Short hash (12 hex digits) per field, as label `mcpctl.fields` keeps it. A secret counts by its
/// name, never by its value.
std::map<std::string, std::string> fieldHashes(const ServerSpec& spec);

/// Every field in its canonical form, as one text without two readings; secrets count by name.
std::string canonicalText(const ServerSpec& spec);

/// 32 hex digits over the image as written and all fields that need a replace. Changes only when a
/// manifest does; versioned, so that a new canonical form never looks like an old one.
std::string specHash(const ServerSpec& spec);

}
