#pragma once

#include "model/observed_state.h"

#include <string>
#include <vector>

/// Instances as people name them on a command line.
namespace mcpctl
{

/// Those of `instances` that `words` name, in the order of the words, each once. A word is the full name, or
/// `PROFILE-INSTANCE`, or the name within the profile where only one profile has it. A full name wins over a shorter
/// one. Throws UsageError, with what was probably meant, for one that names none or several.
std::vector<ObservedInstance> selectInstances(const std::vector<ObservedInstance>& instances,
                                              const std::vector<std::string>& words);

/// Those of a profile; UsageError when it has none. What a replace under way has set aside is left out.
std::vector<ObservedInstance> selectProfile(const std::vector<ObservedInstance>& instances, const std::string& profile);

/// All but what a replace under way has set aside (`NAME.old-...`, `NAME.new-...`).
std::vector<ObservedInstance> settledInstances(const std::vector<ObservedInstance>& instances);

}
