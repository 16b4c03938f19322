#include "validate/secret_shapes.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <map>
#include <vector>

namespace mcpctl
{

namespace
{

struct Shape
{
    std::string_view prefix;
    std::size_t least; ///< so many letters, digits, `_`, `-` and `.` follow
    std::string_view what;
};

/// Prefixes that issuers have chosen so that they can be found. The longer of two that fit stands first.
constexpr std::array shapes{
    Shape{"github_pat_", 22, "a GitHub token"},
    Shape{"ghp_", 30, "a GitHub token"},
    Shape{"gho_", 30, "a GitHub token"},
    Shape{"ghu_", 30, "a GitHub token"},
    Shape{"ghs_", 30, "a GitHub token"},
    Shape{"ghr_", 30, "a GitHub token"},
    Shape{"glpat-", 16, "a GitLab token"},
    Shape{"gldt-", 16, "a GitLab token"},
    Shape{"sk-ant-", 20, "an Anthropic key"},
    Shape{"sk-proj-", 20, "an OpenAI key"},
    Shape{"sk-", 32, "an API key"},
    Shape{"sk_live_", 16, "a Stripe key"},
    Shape{"sk_test_", 16, "a Stripe key"},
    Shape{"rk_live_", 16, "a Stripe key"},
    Shape{"whsec_", 20, "a webhook secret"},
    Shape{"xoxb-", 10, "a Slack token"},
    Shape{"xoxp-", 10, "a Slack token"},
    Shape{"xoxa-", 10, "a Slack token"},
    Shape{"xoxr-", 10, "a Slack token"},
    Shape{"xoxs-", 10, "a Slack token"},
    Shape{"xapp-", 10, "a Slack token"},
    Shape{"AKIA", 16, "an AWS access key"},
    Shape{"ASIA", 16, "an AWS access key"},
    Shape{"AIza", 35, "a Google API key"},
    Shape{"ya29.", 20, "a Google token"},
    Shape{"hf_", 30, "a Hugging Face token"},
    Shape{"npm_", 36, "an npm token"},
    Shape{"pypi-", 50, "a PyPI token"},
    Shape{"dckr_pat_", 20, "a Docker Hub token"},
    Shape{"SG.", 40, "a SendGrid key"},
    Shape{"glsa_", 30, "a Grafana token"},
    Shape{"lin_api_", 30, "a Linear key"},
    Shape{"ntn_", 40, "a Notion token"},
    Shape{"gsk_", 40, "a Groq key"},
    Shape{"hvs.", 20, "a Vault token"},
    Shape{"eyJ", 40, "a JSON web token"},
};

bool isWordCharacter(char c)
{
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-' || c == '.';
}

/// Whether the shape begins somewhere in `text` where a word begins, and is long enough.
bool contains(std::string_view text, const Shape& shape)
{
    for (auto at = text.find(shape.prefix); at != std::string_view::npos; at = text.find(shape.prefix, at + 1))
    {
        if (at > 0 && isWordCharacter(text[at - 1]))
            continue;
        const auto rest = text.substr(at + shape.prefix.size());
        const auto end = std::find_if_not(rest.begin(), rest.end(), isWordCharacter);
        if (static_cast<std::size_t>(end - rest.begin()) >= shape.least)
            return true;
    }
    return false;
}

/// `scheme://user:password@host`.
bool hasPasswordInUrl(std::string_view text)
{
    const auto scheme = text.find("://");
    if (scheme == std::string_view::npos)
        return false;
    const auto authority = text.substr(scheme + 3, text.find_first_of("/?# ", scheme + 3) - (scheme + 3));
    const auto at = authority.rfind('@');
    const auto colon = authority.substr(0, at).find(':');
    return at != std::string_view::npos && colon != std::string_view::npos && colon + 1 < at;
}

/// `clientSecret`, `CLIENT-SECRET` and `client_secret` have the words CLIENT and SECRET.
std::vector<std::string> wordsOf(std::string_view name)
{
    std::vector<std::string> words(1);
    char before = '\0';
    for (const char c : name)
    {
        const auto letter = static_cast<unsigned char>(c);
        const bool hump = std::isupper(letter) != 0 && std::islower(static_cast<unsigned char>(before)) != 0;
        if (std::isalnum(letter) == 0 || hump)
            words.emplace_back();
        if (std::isalnum(letter) != 0)
            words.back() += static_cast<char>(std::toupper(letter));
        before = c;
    }
    std::erase(words, "");
    return words;
}

/// Bits by the frequencies of its own characters: `aaaaaaaa` has none.
double entropyOf(std::string_view text)
{
    std::map<char, int> counts;
    for (const char c : text)
        ++counts[c];
    double bits = 0;
    for (const auto& [c, count] : counts)
        bits -= count * std::log2(static_cast<double>(count) / static_cast<double>(text.size()));
    return bits;
}

template <std::size_t size>
bool isOneOf(const std::string& word, const std::array<std::string_view, size>& words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

}

std::string shapeOfSecret(std::string_view text)
{
    if (text.find("-----BEGIN ") != std::string_view::npos && text.find("PRIVATE KEY") != std::string_view::npos)
        return "a private key";
    for (const Shape& shape : shapes)
        if (contains(text, shape))
            return std::string(shape.what);
    return hasPasswordInUrl(text) ? "a password in a URL" : "";
}

bool namesSecret(std::string_view name)
{
    static constexpr std::array<std::string_view, 11> always{"TOKEN",       "SECRET", "PASSWORD", "PASSWD",
                                                             "PASSPHRASE",  "PASS",   "PWD",      "CREDENTIAL",
                                                             "CREDENTIALS", "APIKEY", "AUTHTOKEN"};
    static constexpr std::array<std::string_view, 10> ofKeys{"API",     "ACCESS",     "SECRET", "PRIVATE", "AUTH",
                                                             "SIGNING", "ENCRYPTION", "MASTER", "ACCOUNT", "SERVICE"};
    const auto words = wordsOf(name);
    if (words.empty())
        return false;
    if (isOneOf(words.back(), always))
        return true;
    return words.back() == "KEY" && words.size() > 1 && isOneOf(words[words.size() - 2], ofKeys);
}

bool couldBeSecret(std::string_view text)
{
    constexpr std::size_t shortest = 6;
    constexpr double leastBits = 12;
    const bool isNumber = text.find_first_not_of("0123456789.") == std::string_view::npos && text.size() < 16;
    const bool isPlace = text.starts_with("/") || text.starts_with("./") || text.find("://") != std::string_view::npos;
    return text.size() >= shortest && !isNumber && !isPlace && entropyOf(text) >= leastBits;
}

}
