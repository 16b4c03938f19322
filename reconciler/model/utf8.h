#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mcpctl
{

/// One character of a text in UTF-8.
struct Utf8Character
{
    char32_t codePoint = 0;
    std::size_t bytes = 1; ///< never 0, so that a walk always moves on
    bool valid = true;     ///< false: a byte that is part of no character (overlong forms and surrogates are none)
};

/// The character that `rest` starts with; `rest` must not be empty.
Utf8Character firstCharacter(std::string_view rest);

/// Could this character move a terminal's cursor, or show text in another order than it is read? A tab and a newline
/// are such, too.
bool steersTerminal(char32_t codePoint);

/// `text` as databases and JSON take it: U+FFFD in place of NUL and of each byte that is part of no character.
std::string validUtf8(std::string_view text);

}
