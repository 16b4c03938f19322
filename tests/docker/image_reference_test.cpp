#include "docker/image_reference.h"

#include "docker/client_fixture.h"

using namespace mcpctl::docker;
using namespace mcpctl::test;

namespace
{

const std::string digest = "sha256:" + std::string(64, 'a');

}

BOOST_AUTO_TEST_SUITE(image_reference_test)

BOOST_AUTO_TEST_CASE(what_is_left_out_is_filled_in)
{
    const std::vector<std::pair<std::string, ImageReference>> table{
        {"node", {"docker.io", "library/node", "latest", ""}},
        {"node:20-alpine", {"docker.io", "library/node", "20-alpine", ""}},
        {"mcp/memory", {"docker.io", "mcp/memory", "latest", ""}},
        {"docker.io/node", {"docker.io", "library/node", "latest", ""}},
        {"index.docker.io/mcp/memory:1", {"docker.io", "mcp/memory", "1", ""}},
        {"ghcr.io/acme/x:1@" + digest, {"ghcr.io", "acme/x", "1", digest}},
        {"ghcr.io/acme/x@" + digest, {"ghcr.io", "acme/x", "", digest}},
        {"localhost/x", {"localhost", "x", "latest", ""}},
        {"127.0.0.1:5000/a/b/c:v1.2_3-x", {"127.0.0.1:5000", "a/b/c", "v1.2_3-x", ""}},
        {"[::1]:5000/x", {"[::1]:5000", "x", "latest", ""}},
        {"registry:5000/x", {"registry:5000", "x", "latest", ""}},
        {"registry:5000", {"docker.io", "library/registry", "5000", ""}},
        {"acme/a__b---c.d_e", {"docker.io", "acme/a__b---c.d_e", "latest", ""}},
        {"Host/x", {"Host", "x", "latest", ""}},
    };
    for (const auto& [text, expected] : table)
        BOOST_TEST((parseImageReference(text) == expected), text);
}

BOOST_AUTO_TEST_CASE(names_for_people_and_for_the_engine)
{
    BOOST_TEST(parseImageReference("docker.io/library/node").shortName() == "node");
    BOOST_TEST(parseImageReference("library/a/b").shortName() == "library/a/b");
    BOOST_TEST(parseImageReference("mcp/memory").shortName() == "mcp/memory");
    BOOST_TEST(parseImageReference("ghcr.io/x").shortName() == "ghcr.io/x");
    BOOST_TEST(parseImageReference("node").engineName() == "node:latest");
    BOOST_TEST(parseImageReference("ghcr.io/x:1@" + digest).engineName() == "ghcr.io/x@" + digest);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_none_is_refused_with_its_reason)
{
    const std::vector<std::pair<std::string, std::string>> table{
        {"", "the name is empty"},
        {"acme/Node", "\"Node\" must be in lower case"},
        {"Node", "\"Node\" must be in lower case"},
        {"acme//x", "\"\" is no part of an image name"},
        {"/x", "is no part of an image name"},
        {"x/", "is no part of an image name"},
        {"a..b/c", "is no registry"},
        {"a.b_c/d", "is no registry"},
        {"acme/a..b", "is no part"},
        {"acme/a___b", "is no part"},
        {"acme/-a", "is no part"},
        {"acme/a_", "is no part"},
        {"x y", "is no part"},
        {"x:", "\"\" is no tag"},
        {"x:-1", "is no tag"},
        {"x:" + std::string(129, 'a'), "is no tag"},
        {"x@sha256:abc", "after the @ comes a digest"},
        {"x@", "after the @ comes a digest"},
        {"x@md5:" + std::string(64, 'a'), "after the @ comes a digest"},
        {"x@sha256:" + std::string(64, 'A'), "after the @ comes a digest"},
        {"host:port/x", "is no registry"},
        {"-host.example/x", "is no registry"},
        {std::string(64, 'a'), "an image ID"},
        {"ghcr.io/" + std::string(250, 'a'), "longer than 255"},
        {"https://ghcr.io/x", "is no registry"},
    };
    for (const auto& [text, expected] : table)
        checkContains(failureOf<ImageReferenceError>([&, &text = text] { parseImageReference(text); }).what(),
                      expected);
}

BOOST_AUTO_TEST_SUITE_END()
