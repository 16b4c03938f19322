#pragma once

#include "model/desired_state.h"

#include <string>
#include <vector>

namespace mcpctl
{

/// Takes secret values out of texts that come from outside: a log line, an engine's error. A value is
/// masked where the message is made, so that no printer can leak it. Immutable, so any thread may use it.
class Scrubber
{
public:
    Scrubber() = default;
    /// Knows every resolved secret, as a whole and line by line, as it is and as JSON escapes
    /// it. Values and lines under 4 characters are left alone: masking them would only garble texts.
    explicit Scrubber(const DesiredState& desired);
    explicit Scrubber(const ServerSpec& spec);
    explicit Scrubber(const std::vector<std::string>& secrets);

    /// `text` with each known value replaced by `(secret)`.
    std::string scrub(std::string text) const;

private:
    void learn(const std::string& secret);
    void learn(const ServerSpec& spec);
    void sort();

    std::vector<std::string> values_; ///< the longest first, so that one in another goes as a whole
};

}
