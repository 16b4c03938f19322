#include "docker/json_view.h"

#include "orchestrator/error.h"

#include <Poco/JSON/Array.h>

#include <fmt/format.h>

#include <limits>

namespace mcpctl::docker
{

void JsonView::fail(const std::string& problem) const
{
    throw OrchestratorError(OrchestratorError::Kind::failed,
                            fmt::format("the engine's answer makes no sense: {}: {}", place_, problem));
}

Poco::JSON::Object::Ptr JsonView::object() const
{
    if (!present())
        return {};
    if (value_.type() != typeid(Poco::JSON::Object::Ptr))
        fail("not an object");
    return value_.extract<Poco::JSON::Object::Ptr>();
}

JsonView JsonView::operator[](const std::string& name) const
{
    const auto from = object();
    return {from.isNull() ? Poco::Dynamic::Var() : from->get(name), place_ + "." + name};
}

JsonView JsonView::required(const std::string& name) const
{
    JsonView member = (*this)[name];
    if (!member.present())
        member.fail("missing");
    return member;
}

std::string JsonView::text() const
{
    if (!present())
        return {};
    if (!value_.isString())
        fail("not a string");
    return value_.extract<std::string>();
}

std::int64_t JsonView::number(std::int64_t absent) const
{
    if (!present())
        return absent;
    if (!value_.isInteger() || value_.isBoolean())
        fail("not a whole number");
    if (!value_.isSigned() && value_.convert<std::uint64_t>() > std::numeric_limits<std::int64_t>::max())
        fail("too large");
    return value_.convert<std::int64_t>();
}

std::uint64_t JsonView::count() const
{
    if (present() && value_.isInteger() && !value_.isSigned() && !value_.isBoolean())
        return value_.convert<std::uint64_t>();
    const auto value = number();
    if (value < 0)
        fail("negative");
    return static_cast<std::uint64_t>(value);
}

bool JsonView::flag(bool absent) const
{
    if (!present())
        return absent;
    if (!value_.isBoolean())
        fail("not true or false");
    return value_.extract<bool>();
}

std::vector<JsonView> JsonView::items() const
{
    std::vector<JsonView> out;
    if (!present())
        return out;
    if (value_.type() != typeid(Poco::JSON::Array::Ptr))
        fail("not a list");
    const auto array = value_.extract<Poco::JSON::Array::Ptr>();
    for (std::size_t i = 0; i < array->size(); ++i)
        out.push_back({array->get(static_cast<unsigned>(i)), fmt::format("{}[{}]", place_, i)});
    return out;
}

std::map<std::string, JsonView> JsonView::members() const
{
    std::map<std::string, JsonView> out;
    const auto from = object();
    if (from.isNull())
        return out;
    for (const auto& [name, value] : *from)
        out.emplace(name, JsonView(value, place_ + "." + name));
    return out;
}

std::vector<std::string> JsonView::texts() const
{
    std::vector<std::string> out;
    for (const auto& item : items())
        out.push_back(item.text());
    return out;
}

std::map<std::string, std::string> JsonView::textMap() const
{
    std::map<std::string, std::string> out;
    for (const auto& [name, value] : members())
        out.emplace(name, value.text());
    return out;
}

bool JsonView::isEmptyList() const
{
    return present() && items().empty();
}

}
