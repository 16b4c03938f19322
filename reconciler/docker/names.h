#pragma once

#include "model/name.h"

#include <string>
#include <string_view>

/// Names on the engine. Everything mcpctl makes there can be told by them together with its labels (labels.h).
namespace mcpctl::docker
{

/// The first 12 digits: how the engine itself shortens an id.
std::string shortId(std::string_view id);

/// `NAME.new-HASH`: a new instance before it takes the place of the old one. HASH: 8 digits of the spec hash.
std::string newName(const InstanceName& instance, std::string_view specHash);

/// `NAME.old-SHORTID`: the old one, kept until the new one is ready.
std::string oldName(const InstanceName& instance, std::string_view id);

/// Is `name` one that mcpctl gives to a container of `instance`: the name itself, or one of the two above?
bool isNameOf(std::string_view name, std::string_view instance);

}
