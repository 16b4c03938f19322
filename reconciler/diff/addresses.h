#pragma once

#include "model/desired_state.h"
#include "model/observed_state.h"

namespace mcpctl
{

/// `desired` with everything filled in that depends on the networks that the engine has, as diff() takes it:
///
/// - the subnets of networks that take theirs from the pool: what is there keeps its own, a new one gets the
///   first eight addresses that overlap with nothing. Where none are left, the network's `problem` says so;
/// - fixed addresses that are empty: the last one of their network, which an engine gives away last;
/// - the placeholders of gateways.h in configuration files.
///
/// Pure, and the same input gives the same result.
DesiredState withAddresses(DesiredState desired, const ObservedState& observed);

}
