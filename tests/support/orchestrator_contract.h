#pragma once

#include "orchestrator/orchestrator.h"

#include <functional>
#include <string>
#include <vector>

/// What every orchestrator promises, whatever engine is behind it. The suite of a backend makes a test of
/// each case, over an engine on which nothing else of `project` is.
namespace mcpctl::test
{

struct ContractBed
{
    McpOrchestrator& orchestrator;
    ProjectName project;
    std::string image;        ///< on the engine; a stdio MCP server that logs `ready` in a line of its own
    std::string endingImage;  ///< on the engine; ends with code 3 as soon as it is started
    std::string missingImage; ///< neither on the engine nor in any registry
};

struct ContractCase
{
    std::string name;                              ///< a sentence about behaviour
    std::function<void(const ContractBed&)> check; ///< fails by Boost.Test's assertions
};

const std::vector<ContractCase>& orchestratorContract();

/// Removes every instance of the project, whatever a case left there, and the networks that it owns.
void tidyUp(const ContractBed& bed);

}
