#include "docker/json_view.h"

#include "docker/engine_error.h"
#include "orchestrator/error.h"

#include <fmt/format.h>

#include <new>

namespace mcpctl::docker
{

namespace
{

constexpr std::size_t deepest = 128;

/// Made for each member that is read, so not by fmt.
std::string memberOf(const std::string& place, std::string_view name)
{
    std::string out;
    out.reserve(place.size() + 1 + name.size());
    return out.append(place).append(1, '.').append(name);
}

std::string itemOf(const std::string& place, std::size_t index)
{
    return fmt::format("{}[{}]", place, index);
}

[[noreturn]] void failAt(const std::string& place, const std::string& problem)
{
    throw OrchestratorError(OrchestratorError::Kind::failed,
                            fmt::format("the engine's answer makes no sense: {}: {}", place, problem));
}

/// `place` tells where `value` is, if somebody has to be told.
template <typename Place>
std::string textOf(const simdjson::dom::element& value, const Place& place)
{
    std::string_view out;
    if (!value.is_null() && value.get(out) != simdjson::SUCCESS)
        failAt(place(), "not a string");
    return std::string(out);
}

/// Nothing for nothing.
template <typename Parts>
std::optional<Parts> partsOf(const std::optional<simdjson::dom::element>& value, const std::string& place,
                             const char* otherwise)
{
    Parts out;
    if (!value)
        return std::nullopt;
    if (value->get(out) != simdjson::SUCCESS)
        failAt(place, otherwise);
    return out;
}

}

JsonView::JsonView(Document document, std::optional<Element> value, std::string place)
    : document_(std::move(document)), value_(value && !value->is_null() ? value : std::nullopt),
      place_(std::move(place))
{
}

void JsonView::fail(const std::string& problem) const
{
    failAt(place_, problem);
}

std::optional<simdjson::dom::object> JsonView::object() const
{
    return partsOf<simdjson::dom::object>(value_, place_, "not an object");
}

std::optional<simdjson::dom::array> JsonView::array() const
{
    return partsOf<simdjson::dom::array>(value_, place_, "not a list");
}

JsonView JsonView::operator[](std::string_view name) const
{
    const auto from = object();
    Element member;
    const bool found = from && from->at_key(name).get(member) == simdjson::SUCCESS;
    return {document_, found ? std::optional(member) : std::nullopt, memberOf(place_, name)};
}

JsonView JsonView::required(std::string_view name) const
{
    JsonView member = (*this)[name];
    if (!member.present())
        member.fail("missing");
    return member;
}

std::string JsonView::text() const
{
    return present() ? textOf(*value_, [this] { return place_; }) : std::string();
}

std::int64_t JsonView::number(std::int64_t absent) const
{
    std::int64_t out = absent;
    if (!present() || value_->get(out) == simdjson::SUCCESS)
        return out;
    fail(value_->is<std::uint64_t>() ? "too large" : "not a whole number");
}

std::uint64_t JsonView::count() const
{
    std::uint64_t out = 0;
    if (!present() || value_->get(out) == simdjson::SUCCESS)
        return out;
    fail(value_->is<std::int64_t>() ? "negative" : "not a whole number");
}

bool JsonView::flag(bool absent) const
{
    bool out = absent;
    if (present() && value_->get(out) != simdjson::SUCCESS)
        fail("not true or false");
    return out;
}

std::vector<JsonView> JsonView::items() const
{
    std::vector<JsonView> out;
    if (const auto from = array())
        for (const auto item : *from)
            out.push_back({document_, item, itemOf(place_, out.size())});
    return out;
}

std::map<std::string, JsonView> JsonView::members() const
{
    std::map<std::string, JsonView> out;
    if (const auto from = object())
        for (const auto& [name, value] : *from)
            out.emplace(name, JsonView(document_, value, memberOf(place_, name)));
    return out;
}

std::vector<std::string> JsonView::texts() const
{
    std::vector<std::string> out;
    if (const auto from = array())
        for (const auto item : *from)
            out.push_back(textOf(item, [&] { return itemOf(place_, out.size()); }));
    return out;
}

std::map<std::string, std::string> JsonView::textMap() const
{
    std::map<std::string, std::string> out;
    if (const auto from = object())
        for (const auto& [name, value] : *from)
            out.emplace(name, textOf(value, [&, name = name] { return memberOf(place_, name); }));
    return out;
}

bool JsonView::isEmptyList() const
{
    const auto from = array();
    return from && from->begin() == from->end();
}

JsonView parseJson(std::string_view text, const std::string& what)
{
    if (text.find_first_not_of(" \t\r\n") == std::string_view::npos)
        return {{}, std::nullopt, what};
    const auto document = std::make_shared<simdjson::dom::document>();
    simdjson::dom::parser parser;
    simdjson::dom::element root;
    auto error = parser.allocate(text.size(), deepest);
    if (error == simdjson::SUCCESS)
        error = parser.parse_into_document(*document, text.data(), text.size()).get(root);
    if (error == simdjson::MEMALLOC)
        throw std::bad_alloc();
    if (error != simdjson::SUCCESS)
        throw EngineError(EngineError::Kind::badAnswer,
                          fmt::format("{}: the engine's answer is not JSON: {}", what, simdjson::error_message(error)));
    return {document, root, what};
}

std::optional<std::string> memberText(std::string_view json, std::string_view name)
{
    try
    {
        const auto member = parseJson(json, "")[name];
        return member.present() ? std::optional(member.text()) : std::nullopt;
    }
    catch (const std::runtime_error&)
    {
        return std::nullopt;
    }
}

}
