#pragma once

#include <compare>
#include <map>
#include <memory>
#include <string>

namespace mcpctl
{

/// The name of a manifest file. Thousands of places share one text. Copies may be used by any thread.
class FileName
{
public:
    FileName() = default;
    FileName(std::string text) : text_(text.empty() ? nullptr : std::make_shared<const std::string>(std::move(text))) {}
    FileName(const char* text) : FileName(std::string(text)) {}

    const std::string& text() const;
    bool empty() const { return !text_; }

    bool operator==(const FileName& other) const { return text_ == other.text_ || text() == other.text(); }
    auto operator<=>(const FileName& other) const { return text() <=> other.text(); }

private:
    std::shared_ptr<const std::string> text_; ///< null: empty
};

/// A place in a manifest, for people: line and column count from 1, columns in characters.
/// Line 0 means "the file as a whole"; an empty file means "no place".
struct SourcePos
{
    FileName file;
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
