#include "model/utf8.h"

namespace mcpctl
{

Utf8Character firstCharacter(std::string_view rest)
{
    constexpr Utf8Character broken{0xFFFD, 1, false};
    const auto lead = static_cast<unsigned char>(rest[0]);
    if (lead < 0x80)
        return {lead, 1, true};
    if (lead < 0xC2 || lead > 0xF4)
        return broken;

    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (rest.size() < length)
        return broken;
    char32_t codePoint = lead & (0xFFU >> (length + 1));
    for (std::size_t i = 1; i < length; ++i)
    {
        const auto next = static_cast<unsigned char>(rest[i]);
        if ((next & 0xC0U) != 0x80)
            return broken;
        codePoint = (codePoint << 6U) | (next & 0x3FU);
    }
    const bool overlong = (length == 3 && codePoint < 0x800) || (length == 4 && codePoint < 0x10000);
    const bool surrogate = codePoint >= 0xD800 && codePoint <= 0xDFFF;
    if (overlong || surrogate || codePoint > 0x10FFFF)
        return broken;
    return {codePoint, length, true};
}

bool steersTerminal(char32_t codePoint)
{
    const auto within = [codePoint](char32_t first, char32_t last) { return codePoint >= first && codePoint <= last; };
    const bool control = codePoint < 0x20 || within(0x7F, 0x9F) || within(0x2028, 0x2029);
    const bool bidirectional = within(0x202A, 0x202E) || within(0x2066, 0x2069) || within(0x200E, 0x200F);
    return control || bidirectional;
}

std::string validUtf8(std::string_view text)
{
    std::string out;
    out.reserve(text.size());
    while (!text.empty())
    {
        const auto character = firstCharacter(text);
        out += character.valid && character.codePoint != 0 ? text.substr(0, character.bytes) : "\xEF\xBF\xBD";
        text.remove_prefix(character.bytes);
    }
    return out;
}

}
