#include "app/select_instances.h"

#include "app/pipeline.h"
#include "model/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace mcpctl
{

namespace
{

/// What is left of `text` when it begins with `front` and a dash; else nothing.
std::string without(const std::string& text, const std::string& front)
{
    return text.starts_with(front + "-") ? text.substr(front.size() + 1) : "";
}

/// All that one may call an instance, the full name first.
std::vector<std::string> namesOf(const ObservedInstance& instance)
{
    std::vector<std::string> names{instance.name};
    if (instance.name != instance.marks.instance) // set aside by a replace
        return names;
    names.push_back(without(instance.name, instance.marks.project));
    names.push_back(without(names.back(), instance.marks.profile));
    return names;
}

std::string didYouMean(const std::string& word, const std::vector<std::string>& known)
{
    const auto near = nearest(word, known);
    return near.empty() ? "" : fmt::format("; did you mean {}?", near);
}

const ObservedInstance& selectInstance(const std::vector<ObservedInstance>& instances, const std::string& word)
{
    std::vector<const ObservedInstance*> found;
    std::vector<std::string> known;
    std::vector<std::string> meant;
    for (const auto& instance : instances)
    {
        const auto names = namesOf(instance);
        if (names.front() == word)
            return instance;
        if (std::find(names.begin(), names.end(), word) != names.end())
        {
            found.push_back(&instance);
            meant.push_back(instance.name);
        }
        known.insert(known.end(), names.begin(), names.end());
    }
    if (found.size() == 1)
        return *found.front();
    if (found.size() > 1)
        throw UsageError(fmt::format("{} is one of several: {}", word, fmt::join(meant, ", ")));
    throw UsageError(fmt::format("there is no instance {}{}", word, didYouMean(word, known)));
}

}

std::vector<ObservedInstance> selectInstances(const std::vector<ObservedInstance>& instances,
                                              const std::vector<std::string>& words)
{
    std::vector<ObservedInstance> out;
    for (const auto& word : words)
    {
        const auto& found = selectInstance(instances, word);
        if (std::none_of(out.begin(), out.end(), [&](const auto& each) { return each.id == found.id; }))
            out.push_back(found);
    }
    return out;
}

std::vector<ObservedInstance> selectProfile(const std::vector<ObservedInstance>& instances, const std::string& profile)
{
    std::vector<ObservedInstance> out;
    std::vector<std::string> known;
    for (const auto& instance : settledInstances(instances))
    {
        known.push_back(instance.marks.profile);
        if (instance.marks.profile == profile)
            out.push_back(instance);
    }
    if (out.empty())
        throw UsageError(fmt::format("no instance is of profile {}{}", profile, didYouMean(profile, known)));
    return out;
}

std::vector<ObservedInstance> settledInstances(const std::vector<ObservedInstance>& instances)
{
    std::vector<ObservedInstance> out;
    std::copy_if(instances.begin(), instances.end(), std::back_inserter(out),
                 [](const auto& each) { return each.name == each.marks.instance; });
    return out;
}

}
