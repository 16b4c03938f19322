#pragma once

#include <functional>
#include <string>
#include <vector>

namespace breakout
{

/// What came of one attempt. Only `denied` is good; what cannot be told is `unclear`, never taken for denied.
struct Outcome
{
    enum class Kind
    {
        denied,
        succeeded,
        unclear,
    };

    Kind kind = Kind::unclear;
    std::string detail;
};

Outcome denied(std::string why);
Outcome succeeded(std::string how);

/// `result` of a system call: below 0 it was denied, with errno as the reason.
Outcome ofCall(long result, const std::string& how = "the call went through");

struct Attempt
{
    std::string name;
    std::function<Outcome()> attempt;
};

/// Makes the attempt in a child, for it may be killed for it or leave something behind, and writes one line of JSON:
/// {"attempt": ..., "outcome": "denied" | "succeeded" | "unclear", "detail": ...}.
void make(const Attempt& attempt);

/// What the attempts aim at; from the command line.
struct Targets
{
    std::vector<std::string> tcp;     ///< ADDRESS:PORT
    std::vector<std::string> names;   ///< outside names to resolve
    std::vector<std::string> sockets; ///< of engines
    long memoryMegabytes = 1024;      ///< beyond any limit
    int processes = 2000;             ///< likewise
};

std::vector<Attempt> networkAttempts(const Targets& targets);
std::vector<Attempt> privilegeAttempts(const Targets& targets);
std::vector<Attempt> resourceAttempts(const Targets& targets);

/// Answers every question on UDP ADDRESS:53 with an address and a text, for ever: the far end of a DNS tunnel.
int answerQuestions(const std::string& address);
/// Accepts everything on TCP ADDRESS:PORT, for ever.
int acceptAll(const std::string& target);

}
