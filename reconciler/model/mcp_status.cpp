#include "model/mcp_status.h"

#include <array>
#include <utility>

namespace mcpctl
{

namespace
{

using State = ProbeResult::State;
using Era = ProbeResult::Era;

constexpr std::array<std::pair<State, std::string_view>, 5> states{
    {{State::ready, "ready"},
     {State::alive, "alive"},
     {State::authorisationRequired, "authorisation required"},
     {State::notMcp, "not MCP"},
     {State::notReady, "not ready"}}};
constexpr std::array<std::pair<Era, std::string_view>, 2> eras{{{Era::modern, "modern"}, {Era::legacy, "legacy"}}};

template <typename Table, typename Value>
std::string_view textOf(const Table& table, Value value)
{
    for (const auto& [each, text] : table)
        if (each == value)
            return text;
    return "";
}

template <typename Table>
auto valueOf(const Table& table, std::string_view wanted)
{
    std::optional<typename Table::value_type::first_type> found;
    for (const auto& [value, text] : table)
        if (text == wanted)
            found = value;
    return found;
}

}

std::string_view toString(State state)
{
    return textOf(states, state);
}

std::string_view toString(Era era)
{
    return textOf(eras, era);
}

std::optional<State> probeStateOf(std::string_view text)
{
    return valueOf(states, text);
}

std::optional<Era> probeEraOf(std::string_view text)
{
    return valueOf(eras, text);
}

bool answersClients(const ProbeResult& result)
{
    return result.state == State::ready || result.state == State::alive || result.state == State::authorisationRequired;
}

}
