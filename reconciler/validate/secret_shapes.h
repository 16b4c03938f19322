#pragma once

#include <string>
#include <string_view>

namespace mcpctl
{

/// What a text seems to be that has the shape of a well-known credential somewhere in it: "a GitHub token",
/// "a private key", "a password in a URL". Empty: of none. Never a part of the text.
std::string shapeOfSecret(std::string_view text);

/// Whether something called `name` is by custom a secret: `API_TOKEN`, `db-password`, `--api-key`, `clientSecret`.
/// Not `TOKEN_FILE`, `PUBLIC_KEY` or `MAX_TOKENS`.
bool namesSecret(std::string_view name);

/// Whether `text` could be the value of such a thing: not empty, no path, no number, no word of a
/// configuration, and of some entropy.
bool couldBeSecret(std::string_view text);

}
