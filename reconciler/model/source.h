#pragma once

#include <compare>
#include <map>
#include <string>

namespace mcpctl
{

/// A place in a manifest, for people: line and column count from 1, columns in characters.
/// Line 0 means "the file as a whole"; an empty file means "no place".
struct SourcePos
{
    std::string file;
    int line = 0;
    int column = 0;

    auto operator<=>(const SourcePos&) const = default;
    bool operator==(const SourcePos&) const = default;
};

/// `file:line`, `file`, or an empty string: the short form that plans use.
std::string toString(const SourcePos& pos);

/// The text of every manifest file that was read, by the name that SourcePos::file carries.
using SourceTexts = std::map<std::string, std::string>;

}
