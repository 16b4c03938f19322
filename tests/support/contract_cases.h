#pragma once

#include "support/orchestrator_contract.h"

#include <optional>

/// The parts of the contract, and what they share. Backends need orchestrator_contract.h alone.
namespace mcpctl::test
{

std::vector<ContractCase> lifeCases();
std::vector<ContractCase> replaceCases();
std::vector<ContractCase> networkCases();
std::vector<ContractCase> viewCases();
std::vector<ContractCase> channelCases();

NetworkSpec contractNetwork(const ContractBed& bed, const std::string& name);

/// An instance `PROJECT-dev-NAME` with limits, on the network `PROJECT-net`, which is made when it is not there.
Launch contractLaunch(const ContractBed& bed, const std::string& name);

/// The listed instance of that name.
std::optional<ObservedInstance> find(const ContractBed& bed, const std::string& name);
ObservedInstance need(const ContractBed& bed, const std::string& name);

/// `act` throws an OrchestratorError of that kind whose text has `word` in it.
void checkFails(OrchestratorError::Kind kind, const std::function<void()>& act, const std::string& word);

}
